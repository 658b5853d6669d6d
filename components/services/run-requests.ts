import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { api } from "#components/ui/api.ts";
import { useLive } from "#components/ui/live/use-live.ts";
import { type RunLines, runLines, runList } from "#lib/contracts/runs.ts";

/** While the console does not tell what changes. */
const runsMs = 3_000;
const linesMs = 1_000;
/** As many as the server keeps. */
const mostLines = 1_000;

/** The newest runs of a service, newest first. */
export function useRuns(serviceId: string) {
  const queryKey = ["services", "runs", serviceId];
  const live = useLive(queryKey, "services");
  return useQuery({
    queryKey,
    queryFn: ({ signal }) => api({ path: `/api/services/${serviceId}/runs`, schema: runList, signal }),
    refetchInterval: !live && runsMs,
  });
}

export type LogLine = RunLines["items"][number];

/** The log of a run, which grows while the run goes on: each time only what is new is asked for. */
export function useRunLines(serviceId: string, runId: string) {
  const [lines, setLines] = useState<LogLine[]>([]);
  const after = lines.at(-1)?.seq ?? 0;
  const query = useQuery({
    queryKey: ["services", "lines", serviceId, runId, after],
    queryFn: ({ signal }) => api({ path: `/api/services/${serviceId}/runs/${runId}/lines`, query: { after }, schema: runLines, signal }),
    refetchInterval: ({ state }) => !state.data?.complete && linesMs,
    gcTime: 0,
  });
  const { data } = query;
  useEffect(() => {
    if (!data || data.items.length === 0) return;
    setLines((known) => {
      const last = known.at(-1)?.seq ?? 0;
      return [...known, ...data.items.filter(({ seq }) => seq > last)].slice(-mostLines);
    });
  }, [data]);
  return { lines, error: query.error, loading: query.isPending && lines.length === 0, refetch: query.refetch };
}
