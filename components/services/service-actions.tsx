"use client";

import { CirclePlay, CircleStop, Ellipsis, MessageSquareText, Scaling, Trash2 } from "lucide-react";
import Link from "next/link";
import { useTranslations } from "next-intl";
import { Button, type ButtonProps } from "#components/ui/button.tsx";
import { Menu, MenuItem, MenuSeparator } from "#components/ui/menu.tsx";
import { UnavailableButton } from "#components/ui/unavailable-button.tsx";
import type { ServiceSummary } from "#lib/contracts/services.ts";
import { isStopped, useStart } from "./lifecycle.ts";

export type ServiceDialogKind = "scale" | "stop" | "retry" | "delete";

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
  // While it scales, those that are ready answer.
  if (service.readyInstances === 0 || service.wanted !== "running" || service.suspendedAt !== null) {
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
      <StopOrStartItem service={service} onStop={() => onChoose("stop")} />
      <MenuSeparator />
      <MenuItem danger disabled={ending} onSelect={() => onChoose("delete")}>
        <Trash2 strokeWidth={1.75} aria-hidden />
        {t("delete")}
      </MenuItem>
    </Menu>
  );
}

function StopOrStartItem({ service, onStop }: { service: ServiceSummary; onStop: () => void }) {
  const t = useTranslations("services");
  const { start, busy } = useStart(service);
  const ending = isEnding(service);
  if (isStopped(service)) {
    return (
      <MenuItem disabled={ending || busy} onSelect={start}>
        <CirclePlay strokeWidth={1.75} aria-hidden />
        {t("start")}
      </MenuItem>
    );
  }
  return (
    <MenuItem disabled={ending} onSelect={onStop}>
      <CircleStop strokeWidth={1.75} aria-hidden />
      {t("stop")}
    </MenuItem>
  );
}

/** The same as a button, for the service's own page. */
export function StopOrStartButton({ service, onStop }: { service: ServiceSummary; onStop: () => void }) {
  const t = useTranslations("services");
  const { start, busy } = useStart(service);
  const ending = isEnding(service);
  if (isStopped(service)) {
    return (
      <Button variant="primary" disabled={ending} busy={busy} onClick={start}>
        {busy ? null : <CirclePlay strokeWidth={1.75} aria-hidden />}
        {t("start")}
      </Button>
    );
  }
  return (
    <Button disabled={ending} onClick={onStop}>
      <CircleStop strokeWidth={1.75} aria-hidden />
      {t("stop")}
    </Button>
  );
}
