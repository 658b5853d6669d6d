import type { DbLike } from "#lib/db/client.ts";

/** When a price began, and when the next one takes its place. */
interface InForce {
  effectiveFrom: Date;
  changesAt: Date | null;
}

export interface TokenPriceInForce extends InForce {
  modelId: string;
  inputNano: bigint;
  cachedInputNano: bigint;
  outputNano: bigint;
  imageNano: bigint | null;
}

/** The token price in force for each model at `now`; models without one are absent. */
export async function tokenPricesInForce(db: DbLike, now: Date): Promise<Map<string, TokenPriceInForce>> {
  const rows = await db.$queryRaw<TokenPriceInForce[]>`
    SELECT DISTINCT ON (p."modelId") p."modelId", p."inputNano", p."cachedInputNano", p."outputNano", p."imageNano", p."effectiveFrom",
      (SELECT min(n."effectiveFrom") FROM "token_prices" n WHERE n."modelId" = p."modelId" AND n."effectiveFrom" > ${now}) AS "changesAt"
    FROM "token_prices" p WHERE p."effectiveFrom" <= ${now} ORDER BY p."modelId", p."effectiveFrom" DESC`;
  return new Map(rows.map((row) => [row.modelId, row]));
}

export interface HourPriceInForce extends InForce {
  instanceTypeId: string;
  hourNano: bigint;
}

/** The price of an hour in force for each instance type at `now`; types without one are absent. */
export async function hourPricesInForce(db: DbLike, now: Date): Promise<Map<string, HourPriceInForce>> {
  const rows = await db.$queryRaw<HourPriceInForce[]>`
    SELECT DISTINCT ON (p."instanceTypeId") p."instanceTypeId", p."hourNano", p."effectiveFrom",
      (SELECT min(n."effectiveFrom") FROM "instance_prices" n
        WHERE n."instanceTypeId" = p."instanceTypeId" AND n."effectiveFrom" > ${now}) AS "changesAt"
    FROM "instance_prices" p WHERE p."effectiveFrom" <= ${now} ORDER BY p."instanceTypeId", p."effectiveFrom" DESC`;
  return new Map(rows.map((row) => [row.instanceTypeId, row]));
}
