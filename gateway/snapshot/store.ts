import type { QueryResultRow } from "pg";
import { AppError } from "#lib/errors.ts";
import { endPool, openPool } from "./pool.ts";

/** The database as the gateway reads it: each look-up is bounded, and a failure is a refusal, never a guess. */
export interface Store {
  /**
   * The rows of a query with its values, `$1` being the first; 64-bit numbers are bigints. Throws `billing_unavailable`
   * where the database fails or takes too long.
   */
  ask<Row extends QueryResultRow>(text: string, values: readonly unknown[]): Promise<Row[]>;
  close(): Promise<void>;
}

export function openStore(url: string, { poolSize, lookupMs }: { poolSize: number; lookupMs: number }): Store {
  const pool = openPool(url, { max: poolSize, connectMs: lookupMs, queryMs: lookupMs });
  return {
    async ask<Row extends QueryResultRow>(text: string, values: readonly unknown[]) {
      try {
        const { rows } = await pool.query<Row>(text, [...values]);
        return rows;
      } catch (cause) {
        throw new AppError("billing_unavailable", "Keys and balances cannot be checked at this moment. Try again shortly.", {
          retryAfterSeconds: 5,
          cause,
        });
      }
    },
    close: () => endPool(pool),
  };
}
