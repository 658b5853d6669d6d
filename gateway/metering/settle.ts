import type { MoneyPool } from "./pool.ts";
import { usageBatch } from "./usage-batch.ts";
import type { UsageText } from "./usage-text.ts";

/**
 * Writes usage rows and what they cost, all or nothing and in one round trip: rows, leases, ledger and balances agree at any
 * moment. A row that is there already is left alone, so that a batch whose commit was in doubt can be sent again. Resolves to
 * the number of rows that were new. Throws with code `HY001` where the gateway's lease is smaller than its charges; with
 * `short` a batch of one then charges what lease and wallet hold.
 */
export async function settle(pool: MoneyPool, gatewayId: string, usages: readonly UsageText[], short = false): Promise<number> {
  const { parties, lines } = usageBatch(usages);
  const result = await pool.query<{ fresh: number }>({
    name: "settle_usage",
    text: "SELECT settle_usage($1, $2::usage_party[], $3::usage_line[], $4) AS fresh",
    values: [gatewayId, parties, lines, short],
  });
  return result.rows[0]?.fresh ?? 0;
}

/** A lease that holds less than its charges: somebody repaired it by hand. */
export function isShortLease(error: unknown): boolean {
  return codeOf(error) === "HY001";
}

/** PostgreSQL's classes for data that it cannot take and for broken constraints: the same row will be refused for ever. */
export function isRefusedData(error: unknown): boolean {
  return /^2[23]/.test(codeOf(error));
}

function codeOf(error: unknown): string {
  return typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";
}
