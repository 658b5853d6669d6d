import type { DbLike } from "#lib/db/client.ts";

export interface CurrentTokenPrice {
  id: string;
  modelId: string;
  inputNano: bigint;
  cachedInputNano: bigint;
  outputNano: bigint;
  imageNano: bigint | null;
}

/** The token price in force for each model at `now`; models without one are absent. */
export async function currentTokenPrices(db: DbLike, now: Date): Promise<Map<string, CurrentTokenPrice>> {
  const rows = await db.$queryRaw<CurrentTokenPrice[]>`
    SELECT DISTINCT ON ("modelId") "id", "modelId", "inputNano", "cachedInputNano", "outputNano", "imageNano"
    FROM "token_prices" WHERE "effectiveFrom" <= ${now} ORDER BY "modelId", "effectiveFrom" DESC`;
  return new Map(rows.map((row) => [row.modelId, row]));
}

/** The price of an hour in force for each instance type at `now`, in nano-units; types without one are absent. */
export async function currentHourPrices(db: DbLike, now: Date): Promise<Map<string, bigint>> {
  const rows = await db.$queryRaw<{ instanceTypeId: string; hourNano: bigint }[]>`
    SELECT DISTINCT ON ("instanceTypeId") "instanceTypeId", "hourNano"
    FROM "instance_prices" WHERE "effectiveFrom" <= ${now} ORDER BY "instanceTypeId", "effectiveFrom" DESC`;
  return new Map(rows.map((row) => [row.instanceTypeId, row.hourNano]));
}
