import { setTimeout as sleep } from "node:timers/promises";
import type { Cluster } from "../postgres/cluster.ts";
import { processCommand } from "../setup/process-command.mjs";
import { say } from "../setup/progress.mjs";

const checkMs = 1_000;
const firstBackoffMs = 1_000;
const longestBackoffMs = 30_000;

/**
 * Starts the embedded PostgreSQL again when its process is gone, with backoff, and hands the new cluster to `onRestarted`.
 * Returns a function that ends the watch, and resolves once no restart is under way.
 */
export function watchPostgres(
  first: Cluster,
  restart: (port: number) => Promise<Cluster>,
  onRestarted: (cluster: Cluster) => void,
): () => Promise<void> {
  const ended = new AbortController();
  const watching = (async () => {
    let current = first;
    let backoffMs = firstBackoffMs;
    while (await waited(checkMs, ended.signal)) {
      // An adopted server is no child of ours, so that no event tells of its end.
      if ((await processCommand(current.pid)).trim() !== "") continue;
      say(`PostgreSQL ended unexpectedly; it starts again in ${backoffMs / 1_000} s.`);
      if (!(await waited(backoffMs, ended.signal))) break;
      backoffMs = Math.min(backoffMs * 2, longestBackoffMs);
      try {
        const next = await restart(Number(new URL(current.url).port));
        say("PostgreSQL runs again.");
        onRestarted(next);
        current = next;
        backoffMs = firstBackoffMs;
      } catch (error) {
        say(`PostgreSQL could not be started: ${error instanceof Error ? error.message : error}`);
      }
    }
  })();
  return () => {
    ended.abort();
    return watching;
  };
}

/** False where the wait was cut short. */
function waited(ms: number, signal: AbortSignal): Promise<boolean> {
  return sleep(ms, true, { signal }).catch(() => false);
}
