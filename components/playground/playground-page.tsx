"use client";

import { useTranslations } from "next-intl";
import { useDeferredValue, useState } from "react";
import { EmptyState, ErrorState, Loading, Skeleton, UpdateFailed } from "#components/ui/feedback.tsx";
import { chatKinds } from "#lib/contracts/trial.ts";
import { DraftsContext } from "./composer/use-draft.ts";
import { sessionsOf } from "./conversation/sessions.ts";
import { useAddress } from "./conversation/use-address.ts";
import { CurrencyContext } from "./format-money.ts";
import { ofKinds, useTargets } from "./requests.ts";
import { Workspace } from "./workspace.tsx";

/** `currency` is the installation's, ISO 4217. */
export function PlaygroundPage({ userId, currency }: { userId: string; currency: string }) {
  const t = useTranslations("playground");
  const { model } = useAddress();
  const [search, setSearch] = useState("");
  const [chosen, setChosen] = useState(model);
  const targets = useTargets(useDeferredValue(search), chosen);
  const found = targets.data && ofKinds(targets.data, chatKinds);
  return (
    <CurrencyContext value={currency}>
      <div className="flex h-[calc(100dvh-3.5rem)] min-h-0 flex-col">
        <h1 className="sr-only">{t("title")}</h1>
        {targets.isPending ? <PageSkeleton /> : null}
        {targets.isError && !found ? (
          <div className="p-6">
            <ErrorState error={targets.error} onRetry={targets.refetch} />
          </div>
        ) : null}
        {targets.isError && found ? (
          <UpdateFailed error={targets.error} onRetry={targets.refetch} className="border-b bg-bad-soft px-4 py-1.5" />
        ) : null}
        {found && found.shared.length === 0 && found.ownTotal === 0 && search === "" ? (
          <div className="p-6">
            <EmptyState title={t("nothingToTalkTo")} />
          </div>
        ) : null}
        {found && (found.shared.length > 0 || found.ownTotal > 0 || search !== "") ? (
          // Drawn in the browser alone: what is known by then has come from there.
          <DraftsContext value={sessionsOf(userId).drafts}>
            <Workspace sessions={sessionsOf(userId)} targets={found} search={search} onSearch={setSearch} onChosen={setChosen} />
          </DraftsContext>
        ) : null}
      </div>
    </CurrencyContext>
  );
}

/** Where everything will stand. */
function PageSkeleton() {
  return (
    <div className="flex min-h-0 flex-1">
      <div className="hidden w-64 flex-col gap-2 border-r p-3 xl:flex">
        <Skeleton className="h-8" />
        <Skeleton className="h-8" />
        <Skeleton className="mt-3 h-10" />
        <Skeleton className="h-10" />
      </div>
      <div className="flex min-w-0 flex-1 flex-col">
        <div className="flex h-14 items-center gap-3 border-b px-4">
          <Skeleton className="h-8 w-28" />
          <Skeleton className="h-8 w-64 max-w-[50%]" />
        </div>
        <Loading className="min-h-0 flex-1 [&>div]:invisible" />
        <div className="p-4">
          <Skeleton className="mx-auto h-13 max-w-3xl" />
        </div>
      </div>
      <div className="hidden w-76 flex-col gap-3 border-l p-4 lg:flex">
        <Skeleton className="h-8" />
        <Skeleton className="h-28" />
        <Skeleton className="h-14" />
        <Skeleton className="h-14" />
      </div>
    </div>
  );
}
