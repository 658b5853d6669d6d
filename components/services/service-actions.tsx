"use client";

import { Ellipsis, MessageSquareText, Scaling, Trash2 } from "lucide-react";
import Link from "next/link";
import { useTranslations } from "next-intl";
import { Button, type ButtonProps } from "#components/ui/button.tsx";
import { Menu, MenuItem, MenuSeparator } from "#components/ui/menu.tsx";
import { UnavailableButton } from "#components/ui/unavailable-button.tsx";
import type { ServiceSummary } from "#lib/contracts/services.ts";

export type ServiceDialogKind = "scale" | "delete";

/** Whether anything can still be asked of the service. */
export function isEnding(service: ServiceSummary): boolean {
  return service.state === "deleting" || service.state === "deleted";
}

/** Leads to the playground with this service chosen; says why not while it is not running. */
export function TryButton({ service, size }: { service: ServiceSummary; size?: ButtonProps["size"] }) {
  const t = useTranslations("services");
  const label = t("tryNamed", { name: service.name });
  const content = (
    <>
      <MessageSquareText strokeWidth={1.75} aria-hidden />
      {t("try")}
    </>
  );
  if (service.state !== "running") {
    return (
      <UnavailableButton reason={t("tryNotRunning")} label={label} size={size}>
        {content}
      </UnavailableButton>
    );
  }
  return (
    <Button asChild size={size}>
      <Link href={`/playground?model=${service.accessName}`} aria-label={label}>
        {content}
      </Link>
    </Button>
  );
}

export function RowMenu({ service, onChoose }: { service: ServiceSummary; onChoose: (kind: ServiceDialogKind) => void }) {
  const t = useTranslations("services");
  const ending = isEnding(service);
  return (
    <Menu
      trigger={
        <Button variant="ghost" size="icon" aria-label={t("more", { name: service.name })}>
          <Ellipsis strokeWidth={1.75} aria-hidden />
        </Button>
      }
    >
      <MenuItem disabled={ending} onSelect={() => onChoose("scale")}>
        <Scaling strokeWidth={1.75} aria-hidden />
        {t("scale")}
      </MenuItem>
      <MenuSeparator />
      <MenuItem danger disabled={ending} onSelect={() => onChoose("delete")}>
        <Trash2 strokeWidth={1.75} aria-hidden />
        {t("delete")}
      </MenuItem>
    </Menu>
  );
}
