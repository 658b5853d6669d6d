"use client";

import { RotateCw } from "lucide-react";
import { useTranslations } from "next-intl";
import { useEffect, useRef } from "react";
import { Button } from "#components/ui/button.tsx";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { useErrorMessage } from "#components/ui/error-message.ts";
import type { Turn } from "./conversation.ts";
import { Markdown } from "./markdown.tsx";
import type { Target } from "./requests.ts";
import { TurnFacts } from "./turn-facts.tsx";

const nearBottomPx = 120;

interface TranscriptProps {
  turns: Turn[];
  target: Target | null;
  /** Null while it may not be asked. */
  onAskAgain: (() => void) | null;
}

/** The conversation; it follows the newest text only while the reader is at the end. */
export function Transcript({ turns, target, onAskAgain }: TranscriptProps) {
  const t = useTranslations("playground");
  const end = useRef<HTMLDivElement>(null);
  const last = turns.at(-1);
  const size = turns.length + (last?.answer.length ?? 0) + (last?.status === "streaming" ? 0 : 1);
  useEffect(() => {
    const page = document.documentElement;
    if (size > 0 && page.scrollHeight - page.scrollTop - page.clientHeight < nearBottomPx + 200)
      end.current?.scrollIntoView({ block: "end" });
  }, [size]);
  return (
    <div
      className="flex flex-1 flex-col gap-6 px-4 py-6 md:px-6"
      role="log"
      aria-live="polite"
      aria-busy={turns.at(-1)?.status === "streaming"}
    >
      {turns.length === 0 ? <p className="m-auto max-w-md text-center text-muted">{t("start")}</p> : null}
      {target?.demo ? <p className="rounded-box bg-sunken px-3 py-2 text-muted text-table">{t("demo")}</p> : null}
      {turns.map((turn, index) => (
        <article key={turn.id} className="flex flex-col gap-3">
          <div className="ml-auto max-w-[85%] whitespace-pre-wrap break-words rounded-card bg-accent-soft px-3.5 py-2.5">
            {turn.question}
          </div>
          <Answer turn={turn} onAskAgain={index === turns.length - 1 ? onAskAgain : null} />
        </article>
      ))}
      <div ref={end} className="scroll-mb-40" />
    </div>
  );
}

function Answer({ turn, onAskAgain }: { turn: Turn; onAskAgain: (() => void) | null }) {
  const t = useTranslations("playground");
  const message = useErrorMessage();
  const waiting = turn.status === "streaming" && turn.answer === "" && turn.reasoning === "";
  return (
    <div className="min-w-0 md:max-w-[85%]" data-testid="answer" data-status={turn.status}>
      {turn.reasoning ? (
        <details className="mb-2 text-muted" open={turn.answer === ""}>
          <summary className="cursor-pointer text-table">{t("reasoning")}</summary>
          <div className="mt-1 whitespace-pre-wrap border-l-2 pl-3">{turn.reasoning}</div>
        </details>
      ) : null}
      {waiting ? (
        <p className="animate-pulse text-muted">{t("waiting")}</p>
      ) : (
        <Markdown text={turn.answer} streaming={turn.status === "streaming"} />
      )}
      {turn.status === "stopped" ? <p className="mt-2 text-muted text-table">{t("stopped")}</p> : null}
      {turn.finishReason === "length" ? <p className="mt-2 text-muted text-table">{t("reachedLimit")}</p> : null}
      {turn.error ? (
        <p role="alert" className="mt-2 rounded-box bg-bad-soft px-3 py-2 text-bad">
          {message(turn.error)}
        </p>
      ) : null}
      {turn.status === "streaming" ? null : (
        <div className="mt-2 flex flex-wrap items-center gap-1">
          {turn.answer ? <CopyButton text={turn.answer} label={t("answer")} /> : null}
          {onAskAgain ? (
            <Button variant="ghost" size="icon" aria-label={t("askAgain")} title={t("askAgain")} onClick={onAskAgain}>
              <RotateCw aria-hidden />
            </Button>
          ) : null}
          <TurnFacts turn={turn} />
        </div>
      )}
    </div>
  );
}
