import type { Db, DbLike } from "#lib/db/client.ts";
import { Prisma } from "#prisma/generated/client.ts";
import { instanceBillingInvariants } from "./instance-billing.ts";
import type { Invariant } from "./invariant.ts";
import { moneyInvariants } from "./money.ts";
import { serviceInvariants } from "./services.ts";
import { usageInvariants } from "./usage.ts";

export interface InvariantResult {
  name: string;
  says: string;
  /** 0 where it holds. */
  violations: number;
  /** The first few, in words. */
  samples: string[];
}

const samplesShown = 5;
const invariants = [...moneyInvariants, ...usageInvariants, ...serviceInvariants, ...instanceBillingInvariants];

/** Checks every invariant over the whole database, all on one snapshot, so that running traffic cannot look like a violation. */
export function checkInvariants({ db }: { db: Db }): Promise<InvariantResult[]> {
  return db.$transaction(checkSnapshot, { isolationLevel: "RepeatableRead", timeout: 600_000, maxWait: 10_000 });
}

/** The same on the caller's own snapshot. */
export async function checkSnapshot(tx: DbLike): Promise<InvariantResult[]> {
  const results: InvariantResult[] = [];
  for (const { name, says, query } of invariants) results.push({ name, says, ...(await countViolations(tx, query)) });
  return results;
}

async function countViolations(tx: DbLike, query: Invariant["query"]) {
  const rows = await tx.$queryRaw<{ violation: string; total: number }[]>(
    Prisma.sql`SELECT v."violation", (count(*) OVER ())::int AS "total" FROM (${query}) v LIMIT ${samplesShown}`,
  );
  return { violations: rows[0]?.total ?? 0, samples: rows.map((row) => row.violation) };
}
