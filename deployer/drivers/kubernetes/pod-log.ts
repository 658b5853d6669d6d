import type { V1Pod } from "@kubernetes/client-node";
import type { LogPart } from "../driver.ts";
import { type Cluster, ClusterError } from "./cluster.ts";
import { containerName } from "./names.ts";

const mostLines = 1_000;
const mostBytes = 1_048_576;
/** As the kubelet writes them: with nanoseconds, which a Date would lose, so that stamps stay text. */
const stamped = /^(\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-][\d:]+)) ?(.*)$/;

export interface StampedLine {
  stamp: string;
  text: string;
}

/** The newest lines of a pod's container, those of `since` and of its second among them; none where the log cannot be had. */
export async function readPodLog(cluster: Cluster, podsPath: string, pod: V1Pod, ask: { since: string | null; previous: boolean }) {
  const query: Record<string, string> = { container: containerName, timestamps: "true", tailLines: String(mostLines) };
  query.limitBytes = String(mostBytes);
  if (ask.since !== null) query.sinceTime = new Date(ask.since).toISOString();
  if (ask.previous) query.previous = "true";
  const text = await cluster.getText(`${podsPath}/${pod.metadata?.name}/log`, query).catch(noLog);
  return text.split("\n").flatMap((line): StampedLine[] => {
    const parts = stamped.exec(line);
    return parts?.[1] === undefined || parts[2] === undefined ? [] : [{ stamp: parts[1], text: parts[2].replaceAll("\r", "") }];
  });
}

/** The lines after `cursor`, the stamp of the line read last. Stamps of one container grow. */
export function partAfter(lines: readonly StampedLine[], cursor: string | null): LogPart {
  const fresh = cursor === null ? lines : lines.filter((line) => line.stamp > cursor);
  return {
    lines: fresh.map(({ stamp, text }) => ({ at: new Date(stamp), text })),
    cursor: fresh.at(-1)?.stamp ?? cursor ?? "",
  };
}

/** The end of the log that the node has put into the pod's status: all that is left where the node itself does not answer. */
export function lastWords(pod: V1Pod): StampedLine[] {
  const container = pod.status?.containerStatuses?.find((status) => status.name === containerName);
  const last = container?.state?.terminated ?? container?.lastState?.terminated;
  const stamp = new Date(last?.finishedAt ?? 0).toISOString();
  return (last?.message ?? "").split("\n").flatMap((text) => (text ? [{ stamp, text }] : []));
}

/** A container that has not begun, or whose log is gone, is refused with 400 or 404; its node may not answer (5xx). */
function noLog(error: unknown): string {
  if (error instanceof ClusterError && error.status !== 403) return "";
  throw error;
}
