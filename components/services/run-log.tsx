"use client";

import { ArrowDownToLine } from "lucide-react";
import { useFormatter, useTranslations } from "next-intl";
import { useEffect, useRef, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { UpdateFailed } from "#components/ui/feedback.tsx";
import { useTimeZone } from "#components/ui/time-zone.ts";
import type { RunView } from "#lib/contracts/runs.ts";
import { readLine } from "./log-line.ts";
import { type LogLine, useRunLines } from "./run-requests.ts";

/** From here to the end a reader is taken to follow it. */
const nearPx = 32;

/** A run's log, live while it runs; it stays where the reader is unless they are at its end. */
export function RunLog({ serviceId, run }: { serviceId: string; run: RunView }) {
  const t = useTranslations("services");
  const { lines, error, loading, refetch } = useRunLines(serviceId, run.id);
  const { box, following, follow, onScroll } = useFollowing(lines);
  return (
    <div className="relative min-w-0 overflow-hidden rounded-card border bg-surface">
      <div className="flex h-10 items-center justify-between gap-2 border-b pr-2 pl-4 text-label text-muted">
        <span>{run.logLines > lines.length && lines.length > 0 ? t("logTruncated") : null}</span>
        <span className="flex items-center gap-1">
          {following ? null : (
            <Button size="small" variant="ghost" onClick={follow}>
              <ArrowDownToLine strokeWidth={1.75} aria-hidden />
              {t("follow")}
            </Button>
          )}
          <CopyButton text={lines.map(({ text }) => text).join("\n")} label={t("copyLog")} />
        </span>
      </div>
      {error ? <UpdateFailed error={error} onRetry={refetch} className="border-b px-4 py-2" /> : null}
      <div
        ref={box}
        onScroll={onScroll}
        role="log"
        aria-label={t("logLabel")}
        aria-live="off"
        tabIndex={0}
        className="h-[28rem] overflow-auto p-3"
      >
        {lines.length === 0 && !loading && !error ? <p className="text-muted">{t("noLines")}</p> : null}
        <ol className="w-max min-w-full font-mono text-code">
          {lines.map((line) => (
            <Line key={line.seq} line={line} />
          ))}
        </ol>
      </div>
    </div>
  );
}

const tones = { plain: "", warn: "text-warn", bad: "text-bad" } as const;

function Line({ line }: { line: LogLine }) {
  const format = useFormatter();
  const timeZone = useTimeZone();
  const { tone, message, facts } = readLine(line.text);
  return (
    <li className="flex gap-3 [content-visibility:auto] [contain-intrinsic-size:auto_20px]">
      <time dateTime={line.at} className="shrink-0 select-none text-faint tabular-nums" suppressHydrationWarning>
        {format.dateTime(new Date(line.at), { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23", timeZone })}
      </time>
      <span className="whitespace-pre" title={line.text}>
        <span className={tones[tone]}>{message}</span>
        {facts ? <span className="text-faint"> {facts}</span> : null}
      </span>
    </li>
  );
}

function useFollowing(lines: readonly LogLine[]) {
  const box = useRef<HTMLDivElement>(null);
  const [following, setFollowing] = useState(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new line is what moves the end
  useEffect(() => {
    if (following) box.current?.scrollTo({ top: box.current.scrollHeight });
  }, [lines, following]);
  const onScroll = () => {
    const element = box.current;
    if (element) setFollowing(element.scrollHeight - element.scrollTop - element.clientHeight < nearPx);
  };
  return { box, following, follow: () => setFollowing(true), onScroll };
}
