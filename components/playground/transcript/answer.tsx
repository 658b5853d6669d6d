"use client";

import { RotateCw, Trash2 } from "lucide-react";
import { useTranslations } from "next-intl";
import { CopyButton } from "#components/ui/copy-button.tsx";
import type { Message } from "../conversation/message.ts";
import { Markdown } from "../markdown/markdown.tsx";
import { Facts } from "./facts.tsx";
import { MessageButton } from "./message-button.tsx";
import { Problem, type ProblemSteps } from "./problem.tsx";
import { Reasoning } from "./reasoning.tsx";

const statusNames = { complete: "done", streaming: "streaming", stopped: "stopped", failed: "failed" } as const;

interface AnswerProps {
  answer: Message;
  /** Null for an answer that others have followed. */
  steps: ProblemSteps | null;
  onRegenerate: (() => void) | null;
  onRemove: () => void;
}

export function Answer({ answer, steps, onRegenerate, onRemove }: AnswerProps) {
  const t = useTranslations("playground");
  const { text, reasoning, state, error } = answer;
  const streaming = state === "streaming";
  return (
    <div className="flex min-w-0 flex-col gap-2" data-testid="answer" data-status={statusNames[state]}>
      <h2 className="sr-only">{t("answerOf", { model: answer.accessName ?? "" })}</h2>
      {reasoning ? <Reasoning text={reasoning} thinking={streaming && text === ""} /> : null}
      {streaming && text === "" && reasoning === "" ? <p className="animate-pulse text-muted">{t("waiting")}</p> : null}
      {text ? <Markdown text={text} streaming={streaming} /> : null}
      {state === "stopped" ? <p className="text-muted text-table">{t(text || reasoning ? "stopped" : "stoppedEarly")}</p> : null}
      {answer.finishReason === "length" ? <p className="text-muted text-table">{t("reachedLimit")}</p> : null}
      {state === "complete" && text === "" ? <p className="text-muted text-table">{t("emptyAnswer")}</p> : null}
      {error ? <Problem error={error} steps={steps} /> : null}
      {streaming ? null : (
        <div className="-ml-2.5 flex flex-wrap items-center gap-y-1 md:-ml-2">
          {text ? <CopyButton text={text} label={t("answer")} /> : null}
          {onRegenerate && !error ? <MessageButton icon={RotateCw} label={t("regenerate")} onClick={onRegenerate} /> : null}
          <MessageButton icon={Trash2} label={t("deleteAnswer")} onClick={onRemove} />
          <Facts answer={answer} />
        </div>
      )}
    </div>
  );
}
