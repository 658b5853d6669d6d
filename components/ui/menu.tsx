"use client";

import { Check, RotateCw } from "lucide-react";
import { useTranslations } from "next-intl";
import { Slot } from "radix-ui";
import type { Menu as Parts } from "radix-ui/internal";
import { type ComponentProps, type ReactNode, useId, useRef, useState } from "react";
import { cn } from "./cn.ts";
import { useErrorMessage } from "./error-message.ts";
import { useMenuParts } from "./menu-parts.ts";
import { useOnDemand } from "./on-demand.ts";

/** Most pages are read without opening one: its script comes when a pointer or the focus is on its trigger. */
const load = () => import("./menu-surface.tsx").then((module) => module.MenuSurface);
const openingKeys = ["Enter", " ", "ArrowDown"];

/** A menu that opens from its trigger (one focusable child). */
export function Menu({ trigger, children, align = "end" }: { trigger: ReactNode; children: ReactNode; align?: "start" | "end" }) {
  const id = useId();
  const anchor = useRef<HTMLElement>(null);
  const { Component: MenuSurface, prepare, want } = useOnDemand(load);
  const [open, setOpen] = useState(false);
  const [byKey, setByKey] = useState(false);
  const toggle = async (key: boolean) => {
    if (anchor.current?.ariaDisabled === "true") return;
    setByKey(key);
    setOpen(!open);
    if (!(await want())) setOpen(false);
  };
  return (
    <>
      <Slot.Root
        ref={anchor}
        id={id}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-controls={open ? `${id}-menu` : undefined}
        data-state={open ? "open" : "closed"}
        onPointerEnter={prepare}
        onFocus={prepare}
        onPointerDown={(event) => {
          if (event.button !== 0 || event.ctrlKey) return;
          void toggle(false);
          // The menu takes the focus.
          if (!open) event.preventDefault();
        }}
        onKeyDown={(event) => {
          if (!openingKeys.includes(event.key)) return;
          event.preventDefault();
          void toggle(true);
        }}
      >
        {trigger}
      </Slot.Root>
      {MenuSurface ? (
        <MenuSurface trigger={anchor} triggerId={id} id={`${id}-menu`} {...{ open, byKey, align }} onOpenChange={setOpen}>
          {children}
        </MenuSurface>
      ) : null}
    </>
  );
}

const item =
  "flex h-9 cursor-default select-none items-center gap-2 rounded-control px-2 text-table outline-none data-[disabled]:opacity-50 data-[highlighted]:bg-hover md:h-8 [&_svg]:size-4 [&_svg]:text-muted";

export function MenuItem({ danger, className, ...props }: ComponentProps<typeof Parts.Item> & { danger?: boolean }) {
  const { Item } = useMenuParts();
  return <Item className={cn(item, danger && "text-bad [&_svg]:text-bad", className)} {...props} />;
}

export function MenuRadioGroup(props: ComponentProps<typeof Parts.RadioGroup>) {
  const { RadioGroup } = useMenuParts();
  return <RadioGroup {...props} />;
}

export function MenuRadioItem({ className, children, ...props }: ComponentProps<typeof Parts.RadioItem>) {
  const { ItemIndicator, RadioItem } = useMenuParts();
  return (
    <RadioItem className={cn(item, "justify-between", className)} {...props}>
      <span className="flex items-center gap-2">{children}</span>
      <ItemIndicator className="size-1.5 rounded-full bg-accent" />
    </RadioItem>
  );
}

/** One of several that may be chosen together: the menu stays open. */
export function MenuCheckboxItem({ className, children, ...props }: ComponentProps<typeof Parts.CheckboxItem>) {
  const { CheckboxItem, ItemIndicator } = useMenuParts();
  return (
    <CheckboxItem className={cn(item, className)} onSelect={(event) => event.preventDefault()} {...props}>
      <span className="grid size-4 shrink-0 place-items-center rounded-[4px] border border-control">
        <ItemIndicator>
          <Check className="!text-accent" strokeWidth={2.5} aria-hidden />
        </ItemIndicator>
      </span>
      {children}
    </CheckboxItem>
  );
}

export function MenuLabel({ children }: { children: ReactNode }) {
  const { Label } = useMenuParts();
  return <Label className="px-2 pt-1.5 pb-1 text-faint text-label">{children}</Label>;
}

/** Says in a menu what could not be read, and tries it again; the menu stays open. */
export function MenuFailure({ error, onRetry }: { error: unknown; onRetry: () => unknown }) {
  const { Label } = useMenuParts();
  const t = useTranslations("common");
  const message = useErrorMessage();
  return (
    <>
      <Label className="max-w-64 px-2 py-1.5 text-bad text-table">
        <span role="alert">{message(error)}</span>
      </Label>
      <MenuItem
        onSelect={(event) => {
          event.preventDefault();
          void onRetry();
        }}
      >
        <RotateCw aria-hidden />
        {t("retry")}
      </MenuItem>
    </>
  );
}

export function MenuSeparator() {
  const { Separator } = useMenuParts();
  return <Separator className="-mx-1 my-1 h-px bg-line" />;
}
