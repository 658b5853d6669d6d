"use client";

import { CircleOff, CirclePlay, Ellipsis, Hourglass, Pencil, RefreshCw, Trash2 } from "lucide-react";
import { useTranslations } from "next-intl";
import { Button } from "#components/ui/button.tsx";
import { useErrorMessage } from "#components/ui/error-message.ts";
import { Menu, MenuItem, MenuSeparator } from "#components/ui/menu.tsx";
import { toast } from "#components/ui/toast.ts";
import type { ApiKeyView } from "#lib/contracts/api-keys.ts";
import { useKeyVerb } from "./requests.ts";

export type KeyDialogKind = "edit" | "rotate" | "end-grace" | "delete";

/** Switches a key off or on, and says so; a refusal is said too. */
export function useSwitchKey(): { switchKey: (key: ApiKeyView) => void; busy: boolean } {
  const t = useTranslations("keys");
  const message = useErrorMessage();
  const verb = useKeyVerb();
  const switchKey = ({ id, name, status }: ApiKeyView) => {
    const enable = status === "disabled";
    verb.mutate(
      { id, verb: enable ? "enable" : "disable" },
      {
        onSuccess: () => toast(t(enable ? "enabled" : "disabled", { name })),
        onError: (error) => toast.error(message(error)),
      },
    );
  };
  return { switchKey, busy: verb.isPending };
}

export function KeyMenu({ apiKey, onChoose }: { apiKey: ApiKeyView; onChoose: (kind: KeyDialogKind) => void }) {
  const t = useTranslations("keys");
  const { switchKey, busy } = useSwitchKey();
  const off = apiKey.status === "disabled";
  return (
    <Menu
      trigger={
        <Button variant="ghost" size="icon" aria-label={t("more", { name: apiKey.name })} aria-busy={busy || undefined}>
          <Ellipsis strokeWidth={1.75} aria-hidden />
        </Button>
      }
    >
      <MenuItem onSelect={() => onChoose("edit")}>
        <Pencil strokeWidth={1.75} aria-hidden />
        {t("edit")}
      </MenuItem>
      {apiKey.status === "retiring" ? (
        <MenuItem onSelect={() => onChoose("end-grace")}>
          <Hourglass strokeWidth={1.75} aria-hidden />
          {t("endGraceNow")}
        </MenuItem>
      ) : (
        <MenuItem disabled={apiKey.status !== "active"} onSelect={() => onChoose("rotate")}>
          <RefreshCw strokeWidth={1.75} aria-hidden />
          {t("rotate")}
        </MenuItem>
      )}
      <MenuItem disabled={busy} onSelect={() => switchKey(apiKey)}>
        {off ? <CirclePlay strokeWidth={1.75} aria-hidden /> : <CircleOff strokeWidth={1.75} aria-hidden />}
        {t(off ? "enable" : "disable")}
      </MenuItem>
      <MenuSeparator />
      <MenuItem danger onSelect={() => onChoose("delete")}>
        <Trash2 strokeWidth={1.75} aria-hidden />
        {t("delete")}
      </MenuItem>
    </Menu>
  );
}
