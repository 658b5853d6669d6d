"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useEffect, useMemo, useState } from "react";
import { ErrorState, Skeleton } from "#components/ui/feedback.tsx";
import type { Sessions } from "./conversation/sessions.ts";
import { addressOf, useAddress } from "./conversation/use-address.ts";
import { useSession } from "./conversation/use-session.ts";
import { ConversationView } from "./conversation-view.tsx";
import { conversationsKey } from "./history/requests.ts";
import type { Targets } from "./requests.ts";

export interface WorkspaceProps {
  sessions: Sessions;
  targets: Targets;
  search: string;
  onSearch: (text: string) => void;
  /** A model was chosen: its facts are wanted even where a list of services would not hold it. */
  onChosen: (accessName: string) => void;
}

/** The conversation that the address names, among the kept ones and its settings. */
export function Workspace({ sessions, targets, search, onSearch, onChosen }: WorkspaceProps) {
  const t = useTranslations("playground");
  const client = useQueryClient();
  const address = useAddress();
  const { go, replace } = address;
  const [historySearch, setHistorySearch] = useState("");
  const wanted = address.bare ? sessions.lastShown : address.id;
  const session = useMemo(() => sessions.open(wanted), [sessions, wanted]);
  const state = useSession(session);
  const { id, accessName, loading, title } = state;
  useEffect(() => {
    sessions.untitled = t("imageTitle");
    return sessions.onListChange(() => void client.invalidateQueries({ queryKey: conversationsKey }));
  }, [sessions, client, t]);
  useEffect(() => {
    window.addEventListener("pagehide", sessions.lastWord);
    return () => window.removeEventListener("pagehide", sessions.lastWord);
  }, [sessions]);
  // The address follows: a conversation that has just got its id, and one that a bare address came back to.
  useEffect(() => {
    sessions.lastShown = id;
    if (id !== null && address.id !== id) replace(addressOf(id));
  }, [sessions, id, address.id, replace]);
  useEffect(() => {
    if (address.id === null && address.model !== "" && id === null) session.setModel(address.model);
  }, [address.id, address.model, id, session]);
  useEffect(() => {
    onChosen(accessName);
  }, [accessName, onChosen]);
  useEffect(() => {
    document.title = `${title || t("title")} · Hydra`;
  }, [title, t]);
  const problem = loading instanceof Error ? loading : null;
  return (
    <ConversationView
      key={session.key}
      session={session}
      state={state}
      targets={targets}
      search={search}
      onSearch={onSearch}
      historySearch={historySearch}
      onHistorySearch={setHistorySearch}
      onOpen={(next) => go(addressOf(next, next === null ? accessName : ""))}
      onModel={(name) => {
        session.setModel(name);
        if (id === null) replace(addressOf(null, name));
      }}
      onDeleted={(gone) => {
        sessions.forget(gone);
        if (gone === id) replace(addressOf(null, accessName));
      }}
      onRenamed={(renamed, newTitle) => renamed === id && session.showTitle(newTitle)}
      instead={
        problem ? (
          <div className="m-auto w-full max-w-xl p-6">
            <ErrorState
              error={problem}
              {...(problem.code === "not_found" ? { message: t("conversationGone") } : {})}
              onRetry={() => session.load()}
            />
          </div>
        ) : loading === "loading" ? (
          <LoadingMessages />
        ) : null
      }
    />
  );
}

function LoadingMessages() {
  return (
    <div className="mx-auto flex w-full max-w-3xl flex-1 flex-col gap-6 px-6 py-6" aria-hidden>
      <Skeleton className="ml-auto h-10 w-1/2" />
      <Skeleton className="h-24 w-full" />
      <Skeleton className="ml-auto h-10 w-1/3" />
      <Skeleton className="h-32 w-full" />
    </div>
  );
}
