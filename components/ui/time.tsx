"use client";

import { useFormatter, useNow } from "next-intl";

const dayMs = 86_400_000;

/** A moment: relative within a day, with the exact time on hover; exact beyond, in the reader's own timezone. */
export function Time({ at }: { at: string }) {
  const format = useFormatter();
  const now = useNow({ updateInterval: 10_000 });
  const date = new Date(at);
  const timeZone = typeof window === "undefined" ? "UTC" : Intl.DateTimeFormat().resolvedOptions().timeZone;
  const exact = format.dateTime(date, { dateStyle: "medium", timeStyle: "medium", timeZone });
  const recent = Math.abs(now.getTime() - date.getTime()) < dayMs;
  return (
    <time dateTime={at} title={exact} suppressHydrationWarning className="whitespace-nowrap">
      {recent ? format.relativeTime(date, now) : format.dateTime(date, { dateStyle: "medium", timeStyle: "short", timeZone })}
    </time>
  );
}
