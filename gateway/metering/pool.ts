import pg from "pg";

// Amounts and versions are 64-bit: as text they would be compared wrongly, as floats they would be wrong.
const types = new pg.TypeOverrides();
types.setTypeParser(pg.types.builtins.INT8, (text) => BigInt(text));

export type MoneyPool = pg.Pool;

/** Connections for leases and settling, apart from all others, so that no look-up keeps money waiting. */
export function openMoneyPool(url: string): MoneyPool {
  const pool = new pg.Pool({
    connectionString: url,
    max: 4,
    connectionTimeoutMillis: 3_000,
    query_timeout: 15_000,
    keepAlive: true,
    options: "-c TimeZone=UTC",
    types,
  });
  // An idle connection that breaks is replaced by the next query.
  pool.on("error", () => {});
  return pool;
}
