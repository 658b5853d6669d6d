import type { Db } from "#lib/db/client.ts";
import type { Logger } from "#lib/observability/logger.ts";
import type { InstanceRef } from "../drivers/driver.ts";
import type { DriverRegistry, RegionRow } from "../drivers/registry.ts";
import { toRegion } from "../reconcile/load.ts";
import { pruneRuns, type ReadRun, storeLines } from "./store-lines.ts";

const batchMs = 1_000;
/** Without a word of change the list of runs is read anew this often. */
const listMs = 5_000;
const pruneMs = 60_000;
/** Logs read at once. */
const concurrency = 8;

export interface RunLogsDeps {
  db: Db;
  drivers: DriverRegistry;
  logger: Logger;
  now: () => Date;
}

export interface RunLogs {
  /** Runs may have begun or ended. */
  wake(): void;
  /** Reads once more what there is, and ends. */
  stop(): Promise<void>;
}

interface OpenRun extends ReadRun {
  ref: InstanceRef;
  region: RegionRow;
  ended: boolean;
}

/**
 * Brings the logs of all runs into the database, in one batch a second, so that the console reads them there and they outlive
 * restarts. Several deployers may do so: each line is written once. What fails is tried again with the next batch.
 */
export function startRunLogs(deps: RunLogsDeps): RunLogs {
  const reader = new RunLogReader(deps);
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let running: Promise<void> = Promise.resolve();
  const tick = () => {
    running = reader.batch().finally(() => {
      if (!stopped) timer = setTimeout(tick, batchMs);
    });
  };
  tick();
  return {
    wake: () => reader.forget(),
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
      reader.forget();
      await reader.batch();
    },
  };
}

class RunLogReader {
  readonly #deps: RunLogsDeps;
  #runs: OpenRun[] = [];
  #listedAt = Number.NEGATIVE_INFINITY;
  #prunedAt = Number.NEGATIVE_INFINITY;

  constructor(deps: RunLogsDeps) {
    this.#deps = deps;
  }

  forget(): void {
    this.#listedAt = Number.NEGATIVE_INFINITY;
  }

  async batch(): Promise<void> {
    try {
      if (performance.now() - this.#listedAt >= listMs) {
        this.#listedAt = performance.now();
        this.#runs = await listOpenRuns(this.#deps.db);
      }
      const waiting = [...this.#runs];
      const lane = async () => {
        for (let run = waiting.pop(); run; run = waiting.pop()) await this.#read(run);
      };
      await Promise.all(Array.from({ length: concurrency }, lane));
      if (performance.now() - this.#prunedAt >= pruneMs) {
        this.#prunedAt = performance.now();
        await pruneRuns(this.#deps.db);
      }
    } catch (error) {
      this.forget();
      this.#deps.logger.warn({ err: error }, "could not keep the logs of runs; next try in a second");
    }
  }

  /** Trouble with one run, or its region, is none of the others. */
  async #read(run: OpenRun): Promise<void> {
    try {
      const part = await this.#deps.drivers.driverFor(run.region).logs(run.ref, run.logCursor);
      const read = part !== null && (part.lines.length > 0 || part.cursor !== run.logCursor);
      const complete = run.ended && !(part && part.lines.length > 0);
      if (!read && !complete) return;
      const stored = await storeLines(this.#deps.db, run, part, complete, this.#deps.now());
      if (!stored || complete) return this.forget();
      run.logCursor = part?.cursor ?? run.logCursor;
    } catch (error) {
      this.#deps.logger.debug({ run: run.id, err: error }, "could not read the log of a run; next try in a second");
    }
  }
}

async function listOpenRuns(db: Db): Promise<OpenRun[]> {
  const rows = await db.instanceRun.findMany({
    where: { logComplete: false },
    include: { instance: { select: { token: true, upstreamEndpointId: true } }, service: { select: { region: true } } },
    orderBy: { startedAt: "asc" },
  });
  return rows.map(({ id, instanceId, serviceId, nonce, pid, pidStartedAt, logCursor, endedAt, instance, service }) => {
    const { token, upstreamEndpointId: place } = instance;
    return {
      id,
      logCursor,
      secrets: [token, nonce],
      ref: { instanceId, serviceId, nonce, pid, pidStartedAt, token, place },
      region: toRegion(service.region),
      ended: endedAt !== null,
    };
  });
}
