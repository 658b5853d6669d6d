import { setTimeout as sleep } from "node:timers/promises";
import type { Db } from "#lib/db/client.ts";
import type { Logger } from "#lib/observability/logger.ts";
import type { Limits } from "../limits.ts";
import type { Metering, UsageEntry } from "../ports.ts";
import { createKeyUse } from "./key-use.ts";
import { settle } from "./settle.ts";

const batchSize = 100;
const shortestRetryMs = 100;
const longestRetryMs = 5_000;
const keyUseMs = 1_000;

export interface Recorder extends Metering {
  /** Entries that are not in the database yet. */
  waiting(): number;
  /** Writes what waits, for the flush time at most; resolves to the number of entries that could not be written. */
  close(): Promise<number>;
}

/**
 * Takes usage entries without delaying an answer and settles them one batch after the other. While the database is
 * away they wait here, up to a bound beyond which nothing more is admitted.
 */
export function createRecorder(db: Db, logger: Logger, limits: Pick<Limits, "maxWaitingRecords" | "flushMs">): Recorder {
  const queue: UsageEntry[] = [];
  const keys = createKeyUse(db);
  const stopped = new AbortController();
  let working: Promise<void> | null = null;
  const keyTimer = setInterval(() => void flushKeys(), keyUseMs);

  async function flushKeys(): Promise<void> {
    await keys.flush().catch((err: unknown) => logger.warn({ err }, "the time of a key's last use could not be written"));
  }

  function start(): void {
    working ??= settleAll({ db, logger, queue, stopped: stopped.signal }).finally(() => {
      working = null;
      if (queue.length > 0 && !stopped.signal.aborted) start();
    });
  }

  return {
    hasRoom: () => queue.length < limits.maxWaitingRecords,
    waiting: () => queue.length,
    keyUsed: (keyId) => keys.note(keyId),
    record(entry) {
      queue.push(entry);
      start();
    },
    async close() {
      clearInterval(keyTimer);
      const timer = setTimeout(() => stopped.abort(), limits.flushMs);
      while (working) await working;
      clearTimeout(timer);
      await flushKeys();
      for (const entry of queue) logger.error({ entry: figures(entry) }, "a usage record could not be written before the end");
      return queue.length;
    },
  };
}

interface SettleAll {
  db: Db;
  logger: Logger;
  /** First in, first out; what is written is taken off. */
  queue: UsageEntry[];
  stopped: AbortSignal;
}

/** Settles what waits, batch by batch, until nothing does or it is told to stop; failures are tried again. */
async function settleAll({ db, logger, queue, stopped }: SettleAll): Promise<void> {
  let retryMs = shortestRetryMs;
  let size = batchSize;
  while (queue.length > 0 && !stopped.aborted) {
    const batch = queue.slice(0, size);
    try {
      await settle(db, batch);
      queue.splice(0, batch.length);
      retryMs = shortestRetryMs;
      size = Math.min(batchSize, size * 2);
    } catch (err) {
      if (batch.length === 1 && isRefusedData(err)) {
        // It would be refused for ever and hold up all others; the log line has every figure of it.
        logger.error({ err, entry: figures(batch[0] as UsageEntry) }, "a usage record was refused by the database and put aside");
        queue.shift();
        continue;
      }
      logger.warn({ err, waiting: queue.length, retryMs }, "usage could not be written; trying again");
      // Alone, a record that the database refuses shows itself and harms no other.
      size = 1;
      await sleep(retryMs, undefined, { signal: stopped }).catch(() => {});
      retryMs = Math.min(longestRetryMs, retryMs * 2);
    }
  }
}

/** Prisma's codes for rows that break a constraint, and PostgreSQL's classes for data it cannot take. */
function isRefusedData(error: unknown): boolean {
  const code = typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";
  return ["P2000", "P2002", "P2003", "P2004", "P2020"].includes(code) || /^2[23]/.test(code);
}

function figures(entry: UsageEntry): Record<string, unknown> {
  const { price, ...rest } = entry;
  return { ...rest, tokenPriceId: price?.id ?? null };
}
