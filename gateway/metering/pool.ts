import type { Pool } from "pg";
import { openPool } from "../snapshot/pool.ts";

export type MoneyPool = Pool;

/** Connections for leases and settling, apart from all others, so that no look-up keeps money waiting. */
export function openMoneyPool(url: string): MoneyPool {
  return openPool(url, { max: 4, connectMs: 3_000, queryMs: 15_000 });
}
