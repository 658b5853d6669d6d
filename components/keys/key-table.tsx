"use client";

import Link from "next/link";
import { useTranslations } from "next-intl";
import { Fragment, type ReactNode } from "react";
import { cn } from "#components/ui/cn.ts";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { columnSort, orderChange } from "#components/ui/sorting.ts";
import { Head } from "#components/ui/table.tsx";
import { Time } from "#components/ui/time.tsx";
import type { UrlChange } from "#components/ui/url-state.ts";
import { type ApiKeyView, apiKeySorts } from "#lib/contracts/api-keys.ts";
import { type KeyDialogKind, KeyMenu } from "./key-actions.tsx";
import { usualOrder } from "./key-params.ts";
import { KeyStatus } from "./key-status.tsx";
import { useLimitWords } from "./limit-words.ts";
import type { KeyListParams } from "./requests.ts";

const columns = ["name", "key", "status", "limits", "lastUsed", "expires", "created"] as const;
/** Left out of the table while it is narrow; cards have all. */
const wideOnly = new Set<string>(["limits", "created"]);
const hiddenWhileNarrow = "md:max-xl:hidden";

interface KeyTableProps {
  keys: ApiKeyView[];
  currency: string;
  params: KeyListParams;
  onSort: (change: UrlChange) => void;
  onChoose: (kind: KeyDialogKind, key: ApiKeyView) => void;
  stale: boolean;
}

/** The keys as a table; on a phone each is a card with the same facts. */
export function KeyTable({ keys, currency, params, onSort, onChoose, stale }: KeyTableProps) {
  const t = useTranslations("keys");
  const sortOf = (column: string) => {
    const sort = apiKeySorts.find((one) => one === column);
    return sort && columnSort(sort, params, (next) => onSort(orderChange(next, usualOrder)));
  };
  return (
    <div
      className={cn(
        "relative min-w-0 transition-opacity duration-150 md:scroll-pr-16 md:overflow-x-auto md:rounded-card md:border md:bg-surface",
        stale && "opacity-60",
      )}
    >
      <table aria-label={t("title")} className="block w-full text-left text-table md:table">
        <thead className="hidden md:table-header-group">
          <tr className="border-b text-label text-muted">
            {columns.map((column) => (
              <Head key={column} column={{ id: column, label: t(`column.${column}`), wide: wideOnly.has(column), sort: sortOf(column) }} />
            ))}
            <Head column={{ id: "actions", label: t("actions"), hidden: true }} />
          </tr>
        </thead>
        <tbody className="flex flex-col gap-3 md:table-row-group">
          {keys.map((key) => (
            <KeyRow key={key.id} apiKey={key} currency={currency} onChoose={(kind) => onChoose(kind, key)} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Two short lines rather than one that pushes the next column out. */
const dated = "md:min-w-32 md:[&_time]:whitespace-normal";

function KeyRow({ apiKey, currency, onChoose }: { apiKey: ApiKeyView; currency: string; onChoose: (kind: KeyDialogKind) => void }) {
  const t = useTranslations("keys");
  const common = useTranslations("common");
  const limitWords = useLimitWords(currency);
  const limits = limitWords(apiKey.limits);
  const ends = apiKey.graceUntil ?? apiKey.expiresAt;
  return (
    <tr className="relative flex flex-col rounded-card border bg-surface p-4 md:table-row md:h-13 md:rounded-none md:border-x-0 md:border-t-0 md:p-0 md:last:border-b-0 hover:bg-hover">
      <th scope="row" className="block min-w-0 pr-10 pb-2 text-left font-normal md:table-cell md:py-1.5 md:pr-3 md:pl-5">
        <Names apiKey={apiKey} />
      </th>
      <Cell label={t("column.key")}>
        <span className="whitespace-nowrap font-mono text-code">{apiKey.masked}</span>
      </Cell>
      <Cell label={t("column.status")}>
        <KeyStatus status={apiKey.status} />
      </Cell>
      <Cell label={t("column.limits")} className={cn(hiddenWhileNarrow, "md:whitespace-normal")}>
        <span className="max-w-64 text-right text-muted md:line-clamp-2 md:max-w-44 md:text-left" title={limits.join(" · ")}>
          {limits.map((words, index) => (
            <Fragment key={words}>
              {index > 0 ? " · " : null}
              <span className="max-md:whitespace-nowrap">{words}</span>
            </Fragment>
          ))}
        </span>
      </Cell>
      <Cell label={t("column.lastUsed")}>
        {apiKey.lastUsedAt ? <Time at={apiKey.lastUsedAt} past /> : <span className="text-muted">{common("never")}</span>}
      </Cell>
      <Cell label={t("column.expires")} className={dated}>
        {ends ? <Time at={ends} /> : <span className="text-muted">{t("expiryChoice.never")}</span>}
      </Cell>
      <Cell label={t("column.created")} className={cn(hiddenWhileNarrow, dated)}>
        <Time at={apiKey.createdAt} past />
      </Cell>
      <td className="absolute top-2 right-2 z-10 bg-inherit md:sticky md:top-auto md:right-0 md:pr-3 md:text-right">
        <span className="relative z-10">
          <KeyMenu apiKey={apiKey} onChoose={onChoose} />
        </span>
      </td>
    </tr>
  );
}

/** The name's link covers the whole row, so that a click anywhere and Enter open it; what else can be pressed lies above it. */
function Names({ apiKey }: { apiKey: ApiKeyView }) {
  const t = useTranslations("keys");
  return (
    <div className="flex min-w-0 flex-col md:max-w-58">
      <Link
        href={`/keys/${apiKey.id}`}
        className="break-words font-medium text-body text-ink after:absolute after:inset-0 after:rounded-[inherit] focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:outline-accent focus-visible:after:-outline-offset-2 md:truncate"
        title={apiKey.name}
      >
        {apiKey.name}
      </Link>
      <span className="flex min-w-0 items-center gap-0.5 text-muted">
        <span className="truncate font-mono text-code">{apiKey.id}</span>
        <CopyButton text={apiKey.id} label={t("id")} className="relative z-10 size-7 md:size-6" />
      </span>
    </div>
  );
}

function Cell({ label, children, className }: { label: string; children: ReactNode; className?: string }) {
  return (
    <td className={cn("flex min-h-8 items-center justify-between gap-4 md:table-cell md:whitespace-nowrap md:px-3", className)}>
      <span className="shrink-0 text-label text-muted md:hidden">{label}</span>
      {children}
    </td>
  );
}
