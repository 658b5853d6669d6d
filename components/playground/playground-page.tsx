"use client";

import { useRouter, useSearchParams } from "next/navigation";
import { useTranslations } from "next-intl";
import { Button } from "#components/ui/button.tsx";
import { useErrorMessage } from "#components/ui/error-message.ts";
import { EmptyState, ErrorState, Skeleton } from "#components/ui/feedback.tsx";
import { Composer } from "./composer.tsx";
import { useConversation } from "./conversation.ts";
import { ModelPicker } from "./model-picker.tsx";
import { toSettings, wrongParameters } from "./parameter-values.ts";
import { Parameters } from "./parameters.tsx";
import { type Targets, useTargets } from "./requests.ts";
import { Transcript } from "./transcript.tsx";

export function PlaygroundPage() {
  const t = useTranslations("playground");
  const message = useErrorMessage();
  const targets = useTargets();
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <h1 className="sr-only">{t("title")}</h1>
      {targets.isPending ? <Skeleton className="m-6 h-9 max-w-sm" /> : null}
      {targets.isError && !targets.data ? (
        <div className="p-6">
          <ErrorState message={message(targets.error)} onRetry={() => targets.refetch()} />
        </div>
      ) : null}
      {targets.data ? <Talk targets={targets.data} /> : null}
    </div>
  );
}

function Talk({ targets }: { targets: Targets }) {
  const t = useTranslations("playground");
  const router = useRouter();
  const all = [...targets.shared, ...targets.own];
  const wanted = useSearchParams().get("model");
  const target = all.find((entry) => entry.accessName === wanted) ?? (wanted ? undefined : all.find((entry) => entry.ready)) ?? null;
  const conversation = useConversation();
  const limit = target?.maxOutputTokens ?? null;
  const wrong = wrongParameters(conversation.parameters, limit);
  const settings = target && wrong.length === 0 ? toSettings(target.accessName, conversation.parameters) : null;
  const blockedBecause = () => {
    if (target === null) return t("chooseModel");
    if (!target.ready) return t("notReady");
    return wrong.length > 0 ? t("fixParameters") : null;
  };
  if (all.length === 0) {
    return (
      <div className="p-6">
        <EmptyState title={t("nothingToTalkTo")} />
      </div>
    );
  }
  return (
    <div className="mx-auto flex w-full min-h-0 max-w-[1248px] flex-1 flex-col lg:flex-row">
      <section className="flex min-w-0 flex-1 flex-col" aria-label={t("conversation")}>
        <div className="sticky top-14 z-20 flex items-center gap-2 border-b bg-canvas/95 px-4 py-3 backdrop-blur md:px-6">
          <ModelPicker
            targets={targets}
            value={target?.accessName ?? wanted ?? ""}
            onChange={(accessName) => router.replace(`/playground?model=${encodeURIComponent(accessName)}`)}
          />
          <Button variant="ghost" className="ml-auto" disabled={conversation.turns.length === 0} onClick={conversation.clear}>
            {t("clear")}
          </Button>
        </div>
        <Transcript
          turns={conversation.turns}
          target={target}
          onAskAgain={settings && !conversation.busy ? () => conversation.askAgain(settings) : null}
        />
        <Composer
          busy={conversation.busy}
          blocked={blockedBecause()}
          onSend={(question) => settings && conversation.ask(question, settings)}
          onStop={conversation.stop}
        />
      </section>
      <Parameters values={conversation.parameters} onChange={conversation.setParameters} maxOutputTokens={limit} wrong={wrong} />
    </div>
  );
}
