import { setTimeout as sleep } from "node:timers/promises";
import { processStartTime } from "#lib/process-identity.ts";

const pollMs = 25;

/** One process for good: a reused pid has another start. */
export interface ProcessIdentity {
  pid: number;
  /** As `processStartTime` gives it. */
  startedAt: string;
}

export async function isRunning(process: ProcessIdentity): Promise<boolean> {
  return (await processStartTime(process.pid)) === process.startedAt;
}

/**
 * Ends a process that leads its own group: the signal to it alone, and after `limitMs()` SIGKILL to the whole group. What
 * remains of the group once its leader is gone is killed too. Resolves with whether it needed the harder way.
 */
export async function endProcess(target: ProcessIdentity, signal: NodeJS.Signals, limitMs: () => number): Promise<boolean> {
  if (!(await isRunning(target))) {
    return false;
  }
  sendSignal(target.pid, signal);
  const start = performance.now();
  while ((await isRunning(target)) && performance.now() - start < limitMs()) await sleep(pollMs);
  const late = await isRunning(target);
  sendSignal(-target.pid, "SIGKILL");
  while (await isRunning(target)) await sleep(pollMs);
  return late;
}

/** Sends a signal to a process, or with a negative number to a group; one that has ended is fine. */
export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
