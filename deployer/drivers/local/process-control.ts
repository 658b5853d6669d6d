import { setTimeout as sleep } from "node:timers/promises";
import { processStartTime } from "#lib/process-identity.ts";

/** One process for good: a pid that was given out again has another start time. */
export interface ProcessId {
  pid: number;
  startedAt: string;
}

export async function isAlive(id: ProcessId): Promise<boolean> {
  return (await processStartTime(id.pid)) === id.startedAt;
}

/** Asks a process to end, if it is still the one meant. */
export async function terminate(id: ProcessId): Promise<void> {
  if (await isAlive(id)) send(id.pid, "SIGTERM");
}

/** Kills a process and its group, if it is still the one meant. */
export async function killGroup(id: ProcessId): Promise<void> {
  if (!(await isAlive(id))) return;
  // An engine leads a group of its own; one that somehow does not is killed alone.
  if (!send(-id.pid, "SIGKILL")) send(id.pid, "SIGKILL");
}

/** Kills and waits until it is gone. Throws where it will not go (a process stuck in the kernel). */
export async function killAndWait(id: ProcessId, limitMs: number): Promise<void> {
  const end = performance.now() + limitMs;
  await killGroup(id);
  while (await isAlive(id)) {
    if (performance.now() > end) throw new Error(`process ${id.pid} does not end`);
    await sleep(20);
  }
}

/** False where there is no such process or group. */
function send(pid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
    throw error;
  }
}
