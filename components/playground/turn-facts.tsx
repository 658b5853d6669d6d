"use client";

import { useFormatter, useTranslations } from "next-intl";
import type { Turn } from "./conversation.ts";

// Below this the answer came in one piece, and a rate would measure the network.
const shortestMs = 100;

/** Tokens in and out, time to first token, tokens per second: only what was measured. */
export function TurnFacts({ turn }: { turn: Turn }) {
  const t = useTranslations("playground");
  const format = useFormatter();
  const { inputTokens, outputTokens, firstTokenMs, totalMs } = turn;
  const writingMs = firstTokenMs !== null && totalMs !== null ? totalMs - firstTokenMs : 0;
  const facts = [
    inputTokens === null ? null : t("inputTokens", { count: inputTokens }),
    outputTokens === null ? null : t("outputTokens", { count: outputTokens }),
    firstTokenMs === null ? null : t("firstToken", { ms: format.number(firstTokenMs) }),
    outputTokens && writingMs >= shortestMs
      ? t("tokensPerSecond", { rate: format.number((outputTokens / writingMs) * 1_000, { maximumSignificantDigits: 3 }) })
      : null,
  ].filter((fact) => fact !== null);
  return <p className="px-1 text-faint text-label tabular-nums">{facts.join(" · ")}</p>;
}
