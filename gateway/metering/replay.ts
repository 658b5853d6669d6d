import { newId } from "#lib/ids.ts";
import type { Logger } from "#lib/observability/logger.ts";
import { openCreditStore } from "./credit-store.ts";
import type { LeftJournal } from "./journal.ts";
import type { MoneyPool } from "./pool.ts";
import { isRefusedData, isShortLease, settle } from "./settle.ts";
import { type AdmittedLine, type JournalLine, type ProgressLine, rowOfKilled, type UsageRow } from "./usage-row.ts";

const batchSize = 500;

export interface Replayed {
  /** Rows that were not in the database. */
  settled: number;
  /** What went back of this gateway's leases. */
  returnedNano: bigint;
}

export interface ReplayOptions {
  pool: MoneyPool;
  gatewayId: string;
  logger: Logger;
}

/**
 * Settles what an earlier process of this gateway left behind, and gives its leases back; to be done before anything is
 * held. A journal whose settling fails stays, and the failure is thrown; it can be tried again.
 */
export async function replayJournal(left: LeftJournal, options: ReplayOptions): Promise<Replayed> {
  const { pool, gatewayId, logger } = options;
  const rows = rowsOf(left.lines);
  let settled = 0;
  for (let from = 0; from < rows.length; from += batchSize) settled += await settleLeft(rows.slice(from, from + batchSize), options);
  let returnedNano = 0n;
  const store = openCreditStore(pool, gatewayId);
  for (const { workspaceId, amountNano } of await store.leases()) {
    returnedNano += await store.giveBack(workspaceId, { id: newId("req"), amountNano, recallVersion: null });
  }
  await left.drop();
  if (rows.length > 0) logger.info({ calls: rows.length, settled, returnedNano: String(returnedNano) }, "the journal has been replayed");
  return { settled, returnedNano };
}

/** One row for each call: its end where it was written, else what it had come to. */
export function rowsOf(lines: readonly JournalLine[]): UsageRow[] {
  const admitted = new Map<string, AdmittedLine>();
  const progress = new Map<string, ProgressLine>();
  const ended = new Map<string, UsageRow>();
  for (const line of lines) {
    if (line.kind === "admitted") admitted.set(line.row.requestId, line);
    else if (line.kind === "progress") noteLatest(progress, line);
    else if (!ended.has(line.row.requestId)) ended.set(line.row.requestId, line.row);
  }
  const killed = [...admitted.values()].filter(({ row }) => !ended.has(row.requestId));
  return [...ended.values(), ...killed.map((line) => rowOfKilled(line, progress.get(line.row.requestId) ?? null))];
}

/** Files are used again, so that a later line may stand in an earlier file. */
function noteLatest(progress: Map<string, ProgressLine>, line: ProgressLine): void {
  const known = progress.get(line.requestId);
  if (!known || known.atMs <= line.atMs) progress.set(line.requestId, line);
}

async function settleLeft(rows: UsageRow[], options: ReplayOptions): Promise<number> {
  const { pool, gatewayId, logger } = options;
  try {
    return await settle(pool, gatewayId, rows);
  } catch (err) {
    if (!isRefusedData(err) && !isShortLease(err)) throw err;
  }
  let settled = 0;
  for (const row of rows) {
    try {
      settled += await settle(pool, gatewayId, [row], true);
    } catch (err) {
      if (!isRefusedData(err)) throw err;
      logger.error({ err, row }, "a usage record was refused by the database and put aside");
    }
  }
  return settled;
}
