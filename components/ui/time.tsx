"use client";

import { useFormatter, useNow, useTranslations } from "next-intl";
import { spaced } from "./spaced.ts";
import { useTimeZone } from "./time-zone.ts";

const dayMs = 86_400_000;
const justNowMs = 2_000;

/**
 * A moment: relative within a day, with the exact time on hover; exact beyond, in the reader's own timezone. `past` says
 * that it cannot lie ahead: what happened since the last tick must not read as "in 3 seconds", nor two moments of one
 * list be told from two ticks.
 */
export function Time({ at, past = false }: { at: string; past?: boolean }) {
  const t = useTranslations("common");
  const format = useFormatter();
  const tick = useNow({ updateInterval: 10_000 });
  const date = new Date(at);
  const now = past ? new Date(Math.max(date.getTime(), Date.now())) : tick;
  const timeZone = useTimeZone();
  const exact = format.dateTime(date, { dateStyle: "medium", timeStyle: "medium", timeZone });
  const recent = Math.abs(now.getTime() - date.getTime()) < dayMs;
  const ageMs = now.getTime() - date.getTime();
  // In whole seconds: half a second short of a minute would be told as sixty seconds.
  const seen = date.getTime() + Math.trunc(ageMs / 1_000) * 1_000;
  const relative = Math.abs(ageMs) < justNowMs ? t("justNow") : spaced(format.relativeTime(date, seen));
  return (
    <time dateTime={at} title={exact} suppressHydrationWarning className="whitespace-nowrap tabular-nums">
      {recent ? relative : format.dateTime(date, { dateStyle: "medium", timeStyle: "short", timeZone })}
    </time>
  );
}
