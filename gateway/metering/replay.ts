import { newId } from "#lib/ids.ts";
import type { Logger } from "#lib/observability/logger.ts";
import { openCreditStore } from "./credit-store.ts";
import type { LeftJournal } from "./journal.ts";
import { type AdmittedLine, type JournalLine, type ProgressLine, rowOfKilled } from "./journal-line.ts";
import type { MoneyPool } from "./pool.ts";
import { isRefusedData, isShortLease, settle } from "./settle.ts";
import { type UsageText, usageText } from "./usage-text.ts";

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
  const usages = usagesOf(left.lines);
  let settled = 0;
  for (let from = 0; from < usages.length; from += batchSize) settled += await settleLeft(usages.slice(from, from + batchSize), options);
  let returnedNano = 0n;
  const store = openCreditStore(pool, gatewayId);
  for (const { workspaceId, amountNano } of await store.leases()) {
    returnedNano += await store.giveBack(workspaceId, { id: newId("req"), amountNano, recallVersion: null });
  }
  await left.drop();
  if (usages.length > 0)
    logger.info({ calls: usages.length, settled, returnedNano: String(returnedNano) }, "the journal has been replayed");
  return { settled, returnedNano };
}

/** One record for each call: its end where it was written, else what it had come to. */
export function usagesOf(lines: readonly JournalLine[]): UsageText[] {
  const admitted = new Map<string, AdmittedLine>();
  const progress = new Map<string, ProgressLine>();
  const ended = new Map<string, UsageText>();
  for (const line of lines) {
    if (line.kind === "admitted") admitted.set(line.row.requestId, line);
    else if (line.kind === "progress") noteLatest(progress, line);
    else noteFirst(ended, line.kind === "ended" ? usageText(line.row) : line);
  }
  const killed = [...admitted.values()].filter(({ row }) => !ended.has(row.requestId));
  return [...ended.values(), ...killed.map((line) => usageText(rowOfKilled(line, progress.get(line.row.requestId) ?? null)))];
}

function noteFirst(ended: Map<string, UsageText>, { requestId, party, line }: UsageText): void {
  if (!ended.has(requestId)) ended.set(requestId, { requestId, party, line });
}

/** Files are used again, so that a later line may stand in an earlier file. */
function noteLatest(progress: Map<string, ProgressLine>, line: ProgressLine): void {
  const known = progress.get(line.requestId);
  if (!known || known.atMs <= line.atMs) progress.set(line.requestId, line);
}

async function settleLeft(usages: UsageText[], options: ReplayOptions): Promise<number> {
  const { pool, gatewayId, logger } = options;
  try {
    return await settle(pool, gatewayId, usages);
  } catch (err) {
    if (!isRefusedData(err) && !isShortLease(err)) throw err;
  }
  let settled = 0;
  for (const usage of usages) {
    try {
      settled += await settle(pool, gatewayId, [usage], true);
    } catch (err) {
      if (!isRefusedData(err)) throw err;
      logger.error({ err, usage }, "a usage record was refused by the database and put aside");
    }
  }
  return settled;
}
