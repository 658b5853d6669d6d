"use client";

import { Trash2 } from "lucide-react";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { Button } from "#components/ui/button.tsx";
import { cn } from "#components/ui/cn.ts";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { Status } from "#components/ui/status.tsx";
import { Time } from "#components/ui/time.tsx";
import type { ApiKeyView } from "#lib/contracts/api-keys.ts";

const columns = ["name", "key", "id", "created", "lastUsed", "expires", "status"] as const;

/** The keys as a table; on a phone each is a card with the same facts. */
export function KeyTable({ keys, onDelete, stale }: { keys: ApiKeyView[]; onDelete: (key: ApiKeyView) => void; stale: boolean }) {
  const t = useTranslations("keys");
  return (
    <div
      className={cn(
        "min-w-0 transition-opacity duration-150 md:overflow-x-auto md:rounded-card md:border md:bg-surface",
        stale && "opacity-60",
      )}
    >
      <table aria-label={t("title")} className="block w-full text-left text-table md:table">
        <thead className="sr-only md:not-sr-only md:table-header-group">
          <tr className="border-b text-label text-muted">
            {columns.map((column) => (
              <th key={column} scope="col" className="h-10 whitespace-nowrap px-4 font-medium">
                {t(`column.${column}`)}
              </th>
            ))}
            <th scope="col" className="w-12">
              <span className="sr-only">{t("actions")}</span>
            </th>
          </tr>
        </thead>
        <tbody className="flex flex-col gap-3 md:table-row-group">
          {keys.map((key) => (
            <KeyRow key={key.id} apiKey={key} onDelete={() => onDelete(key)} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function KeyRow({ apiKey, onDelete }: { apiKey: ApiKeyView; onDelete: () => void }) {
  const t = useTranslations("keys");
  const common = useTranslations("common");
  const active = apiKey.status === "active";
  return (
    <tr className="relative flex flex-col rounded-card border bg-surface p-4 md:table-row md:h-11 md:rounded-none md:border-x-0 md:border-t-0 md:p-0 md:last:border-b-0 md:hover:bg-hover">
      <th
        scope="row"
        className="block min-w-0 pr-10 pb-2 text-left font-medium md:table-cell md:max-w-60 md:truncate md:px-4 md:pb-0"
        title={apiKey.name}
      >
        <span className="break-words">{apiKey.name}</span>
      </th>
      <Cell label={t("column.key")}>
        <span className="whitespace-nowrap font-mono text-code">{apiKey.masked}</span>
      </Cell>
      <Cell label={t("column.id")}>
        <span className="flex min-w-0 items-center gap-0.5">
          <span className="max-w-36 truncate font-mono text-code text-muted" title={apiKey.id}>
            {apiKey.id}
          </span>
          <CopyButton text={apiKey.id} label={t("column.id")} />
        </span>
      </Cell>
      <Cell label={t("column.created")}>
        <Time at={apiKey.createdAt} />
      </Cell>
      <Cell label={t("column.lastUsed")}>
        {apiKey.lastUsedAt ? <Time at={apiKey.lastUsedAt} /> : <span className="text-muted">{common("never")}</span>}
      </Cell>
      <Cell label={t("column.expires")}>
        {apiKey.expiresAt ? <Time at={apiKey.expiresAt} /> : <span className="text-muted">{t("expiryChoice.never")}</span>}
      </Cell>
      <Cell label={t("column.status")}>
        <Status tone={active ? "good" : "idle"} label={t(`status.${apiKey.status}`)} />
      </Cell>
      <td className="absolute top-2 right-2 md:static md:pr-3 md:text-right">
        <Button variant="ghost" size="icon" aria-label={t("deleteNamed", { name: apiKey.name })} title={t("delete")} onClick={onDelete}>
          <Trash2 strokeWidth={1.75} aria-hidden />
        </Button>
      </td>
    </tr>
  );
}

function Cell({ label, children }: { label: string; children: ReactNode }) {
  return (
    <td className="flex min-h-8 items-center justify-between gap-4 md:table-cell md:whitespace-nowrap md:px-4">
      <span aria-hidden className="text-label text-muted md:hidden">
        {label}
      </span>
      {children}
    </td>
  );
}
