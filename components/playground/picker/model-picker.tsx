"use client";

import { Command } from "cmdk";
import { Check, ChevronsUpDown, Search } from "lucide-react";
import { useTranslations } from "next-intl";
import { Popover } from "radix-ui";
import { useId } from "react";
import { Button } from "#components/ui/button.tsx";
import { cn } from "#components/ui/cn.ts";
import type { Target, Targets } from "../requests.ts";
import { matching } from "./matching.ts";
import { TargetPrice } from "./target-price.tsx";

export interface ModelPickerProps {
  targets: Targets;
  /** Access name; empty: none chosen. */
  value: string;
  onChange: (accessName: string) => void;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  search: string;
  onSearch: (text: string) => void;
}

/** Public models and own services in one searchable list, each with its price; what is not ready says so. */
export function ModelPicker({ targets, value, onChange, open, onOpenChange, search, onSearch }: ModelPickerProps) {
  const t = useTranslations("playground");
  const id = useId();
  const chosen = [...targets.shared, ...targets.own].find((target) => target.accessName === value);
  const choose = (accessName: string) => {
    onChange(accessName);
    onOpenChange(false);
  };
  const groups = [
    { label: t("publicModels"), items: matching(targets.shared, search), none: null },
    { label: t("myServices"), items: matching(targets.own, search), none: search === "" ? t("noServices") : null },
  ];
  return (
    <Popover.Root open={open} onOpenChange={onOpenChange}>
      <Popover.Trigger asChild>
        <Button
          role="combobox"
          aria-label={t("model")}
          aria-expanded={open}
          aria-controls={id}
          className="w-full min-w-0 justify-between gap-2 px-2.5"
        >
          <span className="flex min-w-0 items-center gap-2">
            <Dot ready={chosen?.ready ?? false} />
            <span className={cn("truncate font-normal", !chosen && "text-muted")}>
              {chosen ? chosen.accessName : value ? t("gone", { name: value }) : t("pickModel")}
            </span>
          </span>
          <ChevronsUpDown className="text-muted" strokeWidth={1.75} aria-hidden />
        </Button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          aria-label={t("model")}
          align="start"
          sideOffset={4}
          collisionPadding={8}
          className="z-50 w-[min(28rem,calc(100vw-1rem))] animate-fade overflow-hidden rounded-box border bg-surface shadow-float"
        >
          <Command shouldFilter={false} label={t("model")} defaultValue={value}>
            <div className="flex h-10 items-center gap-2 border-b px-3">
              <Search className="size-4 shrink-0 text-faint" strokeWidth={1.75} aria-hidden />
              <Command.Input
                value={search}
                onValueChange={onSearch}
                maxLength={100}
                placeholder={t("searchModels")}
                className="h-full flex-1 bg-transparent text-body outline-none placeholder:text-faint"
              />
            </div>
            <Command.List id={id} label={t("model")} className="max-h-[min(24rem,60dvh)] overflow-y-auto overscroll-contain p-1">
              <Command.Empty className="px-3 py-6 text-center text-muted">{t("noModelFound")}</Command.Empty>
              {groups.map(({ label, items, none }) =>
                items.length === 0 && !none ? null : (
                  <Command.Group
                    key={label}
                    heading={label}
                    className="[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-label [&_[cmdk-group-heading]]:text-muted"
                  >
                    {items.length === 0 ? <p className="px-2 pb-2 text-faint text-table">{none}</p> : null}
                    {items.map((target) => (
                      <Option key={target.accessName} target={target} chosen={target.accessName === value} onChoose={choose} />
                    ))}
                  </Command.Group>
                ),
              )}
              {targets.own.length < targets.ownTotal ? <p className="px-2 py-2 text-label text-muted">{t("moreServices")}</p> : null}
            </Command.List>
          </Command>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

function Option({ target, chosen, onChoose }: { target: Target; chosen: boolean; onChoose: (accessName: string) => void }) {
  const t = useTranslations("playground");
  return (
    <Command.Item
      value={target.accessName}
      onSelect={onChoose}
      className="flex min-h-11 cursor-default items-center gap-2.5 rounded-control px-2 py-1.5 data-[selected=true]:bg-hover"
    >
      <Dot ready={target.ready} />
      <span className="flex min-w-0 flex-1 flex-col">
        <span className="truncate">{target.name}</span>
        <span className="truncate font-mono text-[11.5px] text-muted leading-4">{target.accessName}</span>
      </span>
      <span className="shrink-0 text-right text-label text-muted tabular-nums">
        {target.ready ? <TargetPrice target={target} /> : t("notReadyShort")}
      </span>
      <Check className={cn("size-4 shrink-0 text-accent", !chosen && "invisible")} aria-hidden />
    </Command.Item>
  );
}

function Dot({ ready }: { ready: boolean }) {
  return <span aria-hidden className={cn("size-2 shrink-0 rounded-full", ready ? "bg-good" : "bg-control")} />;
}
