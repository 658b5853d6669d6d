import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { tryFileLock } from "#lib/file-lock.ts";
import { StartError } from "../driver.ts";
import type { RunningClaim } from "./capacity.ts";
import { findEngines } from "./command-lines.ts";
import { instanceFolder, readOwner } from "./folders.ts";
import { usedBytesOf } from "./machine.ts";

const lockLimitMs = 5_000;
const lockPollMs = 5;

/** What the engines that run were given, whoever started them: their folders say it. One without a word counts for what it uses. */
export async function runningClaims(instancesDir: string, exceptInstanceId: string | null): Promise<RunningClaim[]> {
  const engines = (await findEngines(instancesDir)).filter((engine) => engine.instanceId !== exceptInstanceId);
  return Promise.all(
    engines.map(async ({ pid, instanceId }) => {
      const [owner, used] = await Promise.all([readOwner(instanceFolder(instancesDir, instanceId)), usedBytesOf(pid)]);
      const claim = owner?.claim ?? { memoryBytes: used ?? 0, cpuMilli: 0, gpus: [] };
      return { ...claim, usedBytes: used ?? claim.memoryBytes };
    }),
  );
}

/** One start at a time looks for room and takes it, whichever deployer of this data directory makes it. */
export class ClaimLock {
  readonly #file: string;
  #last: Promise<unknown> = Promise.resolve();

  constructor(instancesDir: string) {
    this.#file = join(instancesDir, "claims.lock");
  }

  /** Throws {@link StartError} where another deployer keeps the lock. */
  run<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(() => this.#locked(work));
    this.#last = turn.catch(() => {});
    return turn;
  }

  async #locked<T>(work: () => Promise<T>): Promise<T> {
    const end = performance.now() + lockLimitMs;
    let lock = tryFileLock(this.#file);
    while (!lock) {
      if (performance.now() > end)
        throw new StartError("another deployer on this machine is starting instances and does not come to an end");
      await sleep(lockPollMs);
      lock = tryFileLock(this.#file);
    }
    try {
      return await work();
    } finally {
      lock.release();
    }
  }
}
