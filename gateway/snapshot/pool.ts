import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";

export interface PoolOptions {
  max: number;
  connectMs: number;
  queryMs: number;
}

// Amounts and versions are 64-bit: as text they would be compared wrongly, as floats they would be wrong.
const types = new pg.TypeOverrides();
types.setTypeParser(pg.types.builtins.INT8, (text) => BigInt(text));

/** Connections to the database; 64-bit numbers are bigints. Not Prisma's client: it made the gateway's process 14 MB larger. */
export function openPool(url: string, { max, connectMs, queryMs }: PoolOptions): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max,
    connectionTimeoutMillis: connectMs,
    query_timeout: queryMs,
    keepAlive: true,
    options: "-c TimeZone=UTC",
    types,
  });
  // An idle connection that breaks is replaced by the next query.
  pool.on("error", () => {});
  return pool;
}

const endMs = 1_000;

/** Closes the connections; a query that is not answered holds it up no longer than a second. */
export async function endPool(pool: pg.Pool): Promise<void> {
  await Promise.race([pool.end(), sleep(endMs, undefined, { ref: false })]);
}
