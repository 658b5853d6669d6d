"use client";

import { useTranslations } from "next-intl";
import { useState } from "react";
import { ApiError } from "#components/ui/api.ts";
import { useErrorMessage } from "#components/ui/error-message.ts";
import { EmptyState, ErrorState, Skeleton } from "#components/ui/feedback.tsx";
import { Page } from "#components/ui/page.tsx";
import { Pager } from "#components/ui/pager.tsx";
import { SearchField } from "#components/ui/search-field.tsx";
import { useUrlState } from "#components/ui/url-state.ts";
import type { ApiKeyView } from "#lib/contracts/api-keys.ts";
import { CreateKey } from "./create-dialog.tsx";
import type { CallTarget } from "./created-key.tsx";
import { DeleteKeyDialog } from "./delete-dialog.tsx";
import { readKeyParams } from "./key-params.ts";
import { KeyTable } from "./key-table.tsx";
import { type InitialKeys, useApiKeys } from "./requests.ts";

/** The workspace's API keys: search and page stand in the address. */
export function KeysPage({ initial, target }: { initial: InitialKeys; target: CallTarget }) {
  const t = useTranslations("keys");
  const message = useErrorMessage();
  const [query, setQuery] = useUrlState();
  const params = readKeyParams(query);
  const keys = useApiKeys(params, initial);
  const [deleting, setDeleting] = useState<ApiKeyView | null>(null);
  const nothingYet = keys.data?.total === 0 && params.search === "";
  const goTo = (page: number) => setQuery({ page: page === 1 ? null : String(page) });
  return (
    <Page wide title={t("title")} description={t("description")} action={<CreateKey target={target} />}>
      {nothingYet ? null : (
        <SearchField
          initial={params.search}
          onSearch={(text) => setQuery({ search: text, page: null })}
          label={t("search")}
          className="w-full sm:w-64"
        />
      )}
      {keys.isError ? (
        <ErrorState
          message={message(keys.error)}
          requestId={keys.error instanceof ApiError ? keys.error.requestId : null}
          onRetry={() => keys.refetch()}
        />
      ) : null}
      {keys.isPending ? <Skeleton className="h-48" /> : null}
      {keys.data && keys.data.items.length > 0 ? (
        <KeyTable keys={keys.data.items} onDelete={setDeleting} stale={keys.isPlaceholderData} />
      ) : null}
      {keys.data?.items.length === 0 ? <NoKeys nothingYet={nothingYet} /> : null}
      {keys.data && !nothingYet ? <Pager page={params.page} pageSize={keys.data.pageSize} total={keys.data.total} onPage={goTo} /> : null}
      <DeleteKeyDialog apiKey={deleting} onClose={() => setDeleting(null)} />
    </Page>
  );
}

function NoKeys({ nothingYet }: { nothingYet: boolean }) {
  const t = useTranslations("keys");
  return <EmptyState title={nothingYet ? t("empty") : t("noMatch")} />;
}
