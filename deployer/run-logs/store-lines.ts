import { stripVTControlCharacters } from "node:util";
import type { Db } from "#lib/db/client.ts";
import { redactKeys } from "#lib/observability/logger.ts";
import type { LogLine, LogPart } from "../drivers/driver.ts";

/** Lines of one run that are kept. */
export const keptLines = 1_000;
/** Runs of one service that are kept. */
const keptRuns = 20;
const maxTextBytes = 4_096;

export interface ReadRun {
  id: string;
  logCursor: string | null;
  /** Texts that no page may show: the run's token and nonce. */
  secrets: readonly string[];
}

/**
 * Writes a part of a run's log and how far it has been read, in one transaction: each line once, though several deployers
 * read. `complete`: nothing will follow. Returns false where another deployer has read on from here.
 */
export async function storeLines(db: Db, run: ReadRun, part: LogPart | null, complete: boolean, now: Date): Promise<boolean> {
  const lines = part?.lines.slice(-keptLines) ?? [];
  const cursor = part?.cursor ?? run.logCursor;
  return db.$transaction(async (tx) => {
    const [after] = await tx.$queryRaw<{ logLines: number }[]>`
      UPDATE "instance_runs" SET "logCursor" = ${cursor}, "logLines" = "logLines" + ${lines.length}, "logComplete" = ${complete}
      WHERE "id" = ${run.id} AND NOT "logComplete" AND "logCursor" IS NOT DISTINCT FROM ${run.logCursor}
      RETURNING "logLines"`;
    if (!after) return false;
    if (lines.length === 0) return true;
    const first = after.logLines - lines.length + 1;
    await tx.runLogLine.createMany({ data: lines.map((line, index) => ({ runId: run.id, seq: first + index, ...row(line, run, now) })) });
    await tx.runLogLine.deleteMany({ where: { runId: run.id, seq: { lte: after.logLines - keptLines } } });
    return true;
  });
}

/** Removes ended runs beyond the newest of each service, with their lines. */
export async function pruneRuns(db: Db): Promise<void> {
  await db.$executeRaw`
    DELETE FROM "instance_runs" WHERE "endedAt" IS NOT NULL AND "id" IN (
      SELECT "id" FROM (
        SELECT "id", row_number() OVER (PARTITION BY "serviceId" ORDER BY "startedAt" DESC, "id" DESC) AS "place" FROM "instance_runs"
      ) "placed" WHERE "place" > ${keptRuns}
    )`;
}

function row({ at, text }: LogLine, { secrets }: ReadRun, now: Date): { at: Date; text: string } {
  return { at: at && at.getTime() <= now.getTime() + 60_000 ? at : now, text: cleanText(text, secrets) };
}

/** A line as it may be shown: without keys, without what PostgreSQL or a terminal would stumble on, and not too long. */
export function cleanText(text: string, secrets: readonly string[]): string {
  let clean = redactKeys(text);
  for (const secret of secrets) if (secret) clean = clean.replaceAll(secret, "…");
  // Colours first, then all control characters but the tab: PostgreSQL takes no zero, and nobody needs the others.
  clean = stripVTControlCharacters(clean).replace(/[^\P{Cc}\t]/gu, "");
  const bytes = Buffer.from(clean, "utf8");
  if (bytes.length <= maxTextBytes) return clean;
  // A character that was cut in two becomes U+FFFD, which is dropped.
  return `${bytes
    .subarray(0, maxTextBytes - 3)
    .toString("utf8")
    .replace(/\ufffd$/, "")}…`;
}
