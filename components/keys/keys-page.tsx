"use client";

import Link from "next/link";
import { useTranslations } from "next-intl";
import { useEffect, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { EmptyState, ErrorState, Loading, UpdateFailed } from "#components/ui/feedback.tsx";
import { Page } from "#components/ui/page.tsx";
import { Pager } from "#components/ui/pager.tsx";
import { RefreshButton } from "#components/ui/refresh-button.tsx";
import { useUrlState } from "#components/ui/url-state.ts";
import type { ApiKeyView } from "#lib/contracts/api-keys.ts";
import { CreateKey } from "./create-dialog.tsx";
import type { CallTarget } from "./created-key.tsx";
import type { KeyDialogKind } from "./key-actions.tsx";
import { KeyDialogs } from "./key-dialogs.tsx";
import { KeyFilters } from "./key-filters.tsx";
import { readKeyParams } from "./key-params.ts";
import { KeyTable } from "./key-table.tsx";
import { type InitialKeys, useApiKeys } from "./requests.ts";

interface KeysPageProps {
  initial: InitialKeys;
  target: CallTarget;
  currency: string;
}

/** The workspace's API keys: search, filter, order and page stand in the address. */
export function KeysPage({ initial, target, currency }: KeysPageProps) {
  const t = useTranslations("keys");
  const [query, setQuery] = useUrlState();
  const params = readKeyParams(query);
  const keys = useApiKeys(params, initial);
  const [dialog, setDialog] = useState<{ kind: KeyDialogKind; apiKey: ApiKeyView } | null>(null);
  const filtered = params.search !== "" || params.status !== undefined;
  const nothingYet = keys.data?.total === 0 && !filtered;
  const pages = keys.data ? Math.max(1, Math.ceil(keys.data.total / keys.data.pageSize)) : params.page;
  // The last row of the last page may go while one looks.
  useEffect(() => {
    if (!keys.isPlaceholderData && params.page > pages) setQuery({ page: pages > 1 ? String(pages) : null });
  }, [keys.isPlaceholderData, params.page, pages, setQuery]);
  return (
    <Page
      wide
      title={t("title")}
      purpose={{ page: "keys", text: t("description") }}
      action={<CreateKey target={target} currency={currency} />}
    >
      {nothingYet ? null : (
        <div className="flex flex-wrap items-center gap-2">
          <KeyFilters params={params} onChange={(change) => setQuery({ ...change, page: null })} />
          <span className="flex-1 max-sm:hidden" />
          <RefreshButton busy={keys.isFetching} onRefresh={keys.refetch} />
        </div>
      )}
      <Results
        {...{ keys, params, currency, filtered }}
        onSort={(change) => setQuery({ ...change, page: null })}
        onClear={() => setQuery({ search: null, status: null, page: null })}
        onChoose={(kind, apiKey) => setDialog({ kind, apiKey })}
      />
      {keys.data && keys.data.total > 0 ? (
        <Pager
          page={Math.min(params.page, pages)}
          pageSize={keys.data.pageSize}
          total={keys.data.total}
          onPage={(page) => setQuery({ page: page === 1 ? null : String(page) })}
        />
      ) : null}
      <KeyDialogs open={dialog} target={target} currency={currency} onClose={() => setDialog(null)} />
    </Page>
  );
}

interface ResultsProps extends Pick<Parameters<typeof KeyTable>[0], "params" | "currency" | "onSort" | "onChoose"> {
  keys: ReturnType<typeof useApiKeys>;
  filtered: boolean;
  onClear: () => void;
}

function Results({ keys, filtered, onClear, ...table }: ResultsProps) {
  const t = useTranslations("keys");
  const { data, error } = keys;
  if (!data) {
    if (!error) return <Loading className="h-64" />;
    return <ErrorState error={error} onRetry={() => keys.refetch()} />;
  }
  return (
    <>
      {error ? <UpdateFailed error={error} onRetry={() => keys.refetch()} /> : null}
      {data.items.length > 0 ? <KeyTable keys={data.items} stale={keys.isPlaceholderData} {...table} /> : null}
      {data.total === 0 && filtered ? (
        <EmptyState title={t("noMatch")} action={<Button onClick={onClear}>{t("clearFilters")}</Button>} />
      ) : null}
      {data.total === 0 && !filtered ? <EmptyState title={t("empty")} action={<Guide />} /> : null}
    </>
  );
}

function Guide() {
  const t = useTranslations("keys");
  return (
    <Link href="/docs/keys" className="font-medium text-accent hover:underline">
      {t("guide")}
    </Link>
  );
}
