"use client";

import { useTranslations } from "next-intl";
import { cn } from "#components/ui/cn.ts";
import type { Tone } from "#components/ui/status.tsx";
import { Time } from "#components/ui/time.tsx";
import type { ServiceEventKind, ServiceEventView } from "#lib/contracts/services.ts";
import { eventText } from "./reason-text.ts";

const tones: Record<ServiceEventKind, Tone> = {
  service_created: "idle",
  scale_requested: "idle",
  stop_requested: "idle",
  start_requested: "idle",
  retry_requested: "idle",
  delete_requested: "idle",
  suspended: "bad",
  resumed: "good",
  weights_downloaded: "good",
  download_failed: "bad",
  instance_started: "info",
  instance_ready: "good",
  instance_exited: "bad",
  instance_draining: "info",
  instance_stopped: "idle",
  instance_adopted: "info",
  service_running: "good",
  service_deleted: "idle",
};

const dots: Record<Tone, string> = { good: "bg-good", warn: "bg-warn", bad: "bg-bad", info: "bg-info", idle: "bg-control" };

/** What happened, newest first. */
export function Timeline({ events }: { events: ServiceEventView[] }) {
  const t = useTranslations("services");
  if (events.length === 0) return <p className="text-muted">{t("noEvents")}</p>;
  return (
    <ol className="flex flex-col">
      {events.map((event) => (
        <Event key={event.id} event={event} />
      ))}
    </ol>
  );
}

function Event({ event }: { event: ServiceEventView }) {
  const t = useTranslations("services");
  return (
    <li className="relative flex gap-3 pb-4 last:pb-0 before:absolute before:top-4 before:bottom-[-4px] before:left-[3.5px] before:w-px before:bg-line last:before:hidden">
      <span className={cn("mt-[5px] size-2 shrink-0 rounded-full", dots[tones[event.kind]])} aria-hidden />
      <div className="flex min-w-0 flex-1 flex-wrap items-baseline justify-between gap-x-4 text-table">
        <span className="flex min-w-0 flex-wrap items-baseline gap-x-2">
          {eventText(t, event)}
          {event.instanceId ? <span className="break-all font-mono text-code text-faint">{event.instanceId}</span> : null}
        </span>
        <span className="text-label text-muted">
          {t(`actors.${event.by}`)} · <Time at={event.at} past />
        </span>
        {event.kind === "download_failed" && event.data.detail ? (
          <span lang="en" className="mt-0.5 basis-full break-words font-mono text-code text-muted">
            {event.data.detail}
          </span>
        ) : null}
      </div>
    </li>
  );
}
