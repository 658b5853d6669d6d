"use client";

import { useFormatter, useTranslations } from "next-intl";
import { EmptyState, ErrorState, Loading, UpdateFailed } from "#components/ui/feedback.tsx";
import { Field, NativeSelect } from "#components/ui/field.tsx";
import { Time } from "#components/ui/time.tsx";
import { useTimeZone } from "#components/ui/time-zone.ts";
import { useUrlState } from "#components/ui/url-state.ts";
import type { RunView } from "#lib/contracts/runs.ts";
import { reasonText } from "./reason-text.ts";
import { RunLog } from "./run-log.tsx";
import { useRuns } from "./run-requests.ts";

/** The log of each start of the service's instances, kept after it has ended. */
export function LogsTab({ serviceId }: { serviceId: string }) {
  const t = useTranslations("services");
  const [params, setParams] = useUrlState();
  const { data, error, refetch } = useRuns(serviceId);
  if (!data && error) return <ErrorState error={error} onRetry={refetch} />;
  if (!data) return <Loading className="h-96" />;
  // Of an instance that was asked for, its newest run.
  const chosen =
    data.items.find(({ id }) => id === params.get("run")) ??
    data.items.find(({ instanceId }) => instanceId === params.get("instance")) ??
    data.items[0];
  const stale = error ? <UpdateFailed error={error} onRetry={refetch} /> : null;
  if (!chosen) return stale ?? <EmptyState title={t("noRuns")} />;
  return (
    <section className="flex min-w-0 flex-col gap-3">
      {stale}
      <RunPicker runs={data.items} chosen={chosen} onRun={(id) => setParams({ run: id, instance: null })} />
      <RunFacts run={chosen} />
      <RunLog key={chosen.id} serviceId={serviceId} run={chosen} />
    </section>
  );
}

const startedStyle = { month: "numeric", day: "numeric", hour: "numeric", minute: "2-digit", second: "2-digit" } as const;

/** This year goes without saying: on a phone the whole of a run's name has to fit. */
function yearStyle(at: Date) {
  return at.getFullYear() === new Date().getFullYear() ? {} : ({ year: "numeric" } as const);
}

interface RunPickerProps {
  runs: RunView[];
  chosen: RunView;
  onRun: (id: string) => void;
}

function RunPicker({ runs, chosen, onRun }: RunPickerProps) {
  const t = useTranslations("services");
  const format = useFormatter();
  const timeZone = useTimeZone();
  const name = ({ instanceId, number, startedAt, endedAt }: RunView) => {
    const at = new Date(startedAt);
    const started = format.dateTime(at, { ...startedStyle, ...yearStyle(at), timeZone });
    return `${t("runOption", { instance: instanceId.slice(-6), number, started })} · ${t(endedAt === null ? "runLive" : "runEnded")}`;
  };
  return (
    <Field label={t("run")} className="max-w-xl">
      {(control) => (
        <NativeSelect {...control} value={chosen.id} onChange={(event) => onRun(event.target.value)}>
          {runs.map((run) => (
            <option key={run.id} value={run.id} suppressHydrationWarning>
              {name(run)}
            </option>
          ))}
        </NativeSelect>
      )}
    </Field>
  );
}

function RunFacts({ run }: { run: RunView }) {
  const t = useTranslations("services");
  const reason = reasonText(t, run.reason, run.reasonData, false);
  return (
    <p className="flex flex-wrap gap-x-3 gap-y-1 text-muted text-table">
      <span>{t.rich("runFacts", { time: () => <Time at={run.startedAt} past /> })}</span>
      {run.host ? <span>{t("runHost", { host: run.podName ?? run.host })}</span> : null}
      <span className="break-all font-mono text-code">{run.instanceId}</span>
      {reason ? <span className="text-bad">{reason}</span> : null}
    </p>
  );
}
