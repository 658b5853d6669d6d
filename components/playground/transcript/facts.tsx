"use client";

import { useFormatter, useTranslations } from "next-intl";
import { Fragment } from "react";
import type { Message } from "../conversation/message.ts";
import { useMoney } from "../format-money.ts";

// Below this the answer came in one piece, and a rate would measure the network.
const shortestMs = 100;

/** Tokens in and out, time to first token, tokens per second and cost: only what was measured or receipted. */
export function Facts({ answer }: { answer: Message }) {
  const t = useTranslations("playground");
  const format = useFormatter();
  const money = useMoney();
  const { inputTokens, outputTokens, firstTokenMs, totalMs, chargeNano, currency } = answer.figures;
  const writingMs = firstTokenMs !== null && totalMs !== null ? totalMs - firstTokenMs : 0;
  const facts = [
    inputTokens === null ? null : t("inputTokens", { count: inputTokens }),
    outputTokens === null ? null : t("outputTokens", { count: outputTokens }),
    firstTokenMs === null ? null : t("firstToken", { ms: format.number(firstTokenMs) }),
    outputTokens && writingMs >= shortestMs
      ? t("tokensPerSecond", { rate: format.number((outputTokens / writingMs) * 1_000, { maximumSignificantDigits: 3 }) })
      : null,
    chargeNano === null ? (currency === null ? null : t("billedByInstance")) : t("cost", { amount: money.amount(chargeNano) }),
  ].filter((fact) => fact !== null);
  return (
    <p className="px-2.5 text-faint text-label tabular-nums md:px-2">
      {facts.map((fact, index) => (
        <Fragment key={fact}>
          {index > 0 ? " · " : null}
          <span className="whitespace-nowrap">{fact}</span>
        </Fragment>
      ))}
    </p>
  );
}
