"use client";

import { useFormatter, useTranslations } from "next-intl";
import { useTimeZone } from "#components/ui/time-zone.ts";

/** From when a price has been in force, and when the next one begins, where one is set. */
export function Since({ effectiveFrom, changesAt }: { effectiveFrom: string; changesAt: string | null }) {
  const t = useTranslations("pricing");
  const format = useFormatter();
  const timeZone = useTimeZone();
  const moment = (at: string, timeStyle?: "short") => (
    <time
      dateTime={at}
      title={format.dateTime(new Date(at), { dateStyle: "medium", timeStyle: "long", timeZone })}
      suppressHydrationWarning
    >
      {format.dateTime(new Date(at), { dateStyle: "medium", ...(timeStyle ? { timeStyle } : {}), timeZone })}
    </time>
  );
  return (
    <span className="flex flex-col whitespace-nowrap tabular-nums max-md:items-end">
      {moment(effectiveFrom)}
      {changesAt ? <span className="text-label text-warn">{t.rich("changes", { time: () => moment(changesAt, "short") })}</span> : null}
    </span>
  );
}
