"use client";

import { Plus } from "lucide-react";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { ErrorState, Skeleton, UpdateFailed } from "#components/ui/feedback.tsx";
import { SearchField } from "#components/ui/search-field.tsx";
import type { ConversationSummary } from "#lib/contracts/conversations.ts";
import { DeleteDialog } from "./delete-dialog.tsx";
import { HistoryItem } from "./history-item.tsx";
import { RenameDialog } from "./rename-dialog.tsx";
import { useConversations } from "./requests.ts";

export interface HistoryPanelProps {
  /** The conversation that is shown; null: a new one. */
  shown: string | null;
  /** What is looked for in the list: it outlives the conversation that is shown. */
  search: string;
  onSearch: (text: string) => void;
  onOpen: (id: string | null) => void;
  onRenamed: (id: string, title: string) => void;
  onDeleted: (id: string) => void;
}

/** Kept conversations: search, open, rename, delete, begin another one. */
export function HistoryPanel({ shown, search, onSearch, onOpen, onRenamed, onDeleted }: HistoryPanelProps) {
  const t = useTranslations("playground");
  const [renaming, setRenaming] = useState<ConversationSummary | null>(null);
  const [deleting, setDeleting] = useState<ConversationSummary | null>(null);
  const { data, isPending, isError, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useConversations(search);
  const items = data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <div className="flex h-full min-h-0 flex-col">
      <div className="flex flex-col gap-2 p-3">
        <Button onClick={() => onOpen(null)}>
          <Plus aria-hidden />
          {t("newConversation")}
        </Button>
        <SearchField initial={search} label={t("searchConversations")} onSearch={onSearch} />
      </div>
      <nav aria-label={t("conversations")} className="min-h-0 flex-1 overflow-y-auto px-3 pb-3">
        {isPending ? <HistorySkeleton /> : null}
        {isError && !data ? <ErrorState error={error} onRetry={refetch} /> : null}
        {isError && data ? <UpdateFailed error={error} onRetry={refetch} className="px-2 pb-2" /> : null}
        {data && items.length === 0 ? (
          <p className="px-2 py-3 text-muted text-table">{t(search ? "nothingFound" : "noConversations")}</p>
        ) : null}
        <ul className="flex flex-col gap-0.5">
          {items.map((item) => (
            <HistoryItem
              key={item.id}
              item={item}
              current={item.id === shown}
              onOpen={() => onOpen(item.id)}
              onRename={() => setRenaming(item)}
              onDelete={() => setDeleting(item)}
            />
          ))}
        </ul>
        {hasNextPage ? (
          <Button variant="ghost" className="mt-1 w-full" busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {t("showMore")}
          </Button>
        ) : null}
      </nav>
      <RenameDialog key={renaming?.id} conversation={renaming} onClose={() => setRenaming(null)} onRenamed={onRenamed} />
      <DeleteDialog conversation={deleting} onClose={() => setDeleting(null)} onDeleted={onDeleted} />
    </div>
  );
}

function HistorySkeleton() {
  return (
    <div className="flex flex-col gap-1 pt-1">
      {[0, 1, 2, 3].map((row) => (
        <Skeleton key={row} className="h-10" />
      ))}
    </div>
  );
}
