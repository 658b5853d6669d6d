import type { DbLike } from "#lib/db/client.ts";

export interface ServiceCost {
  /** Up to now, to the second; without what no credit covered. */
  costNano: bigint;
  /** The part of it that has been taken from the balance. */
  chargedNano: bigint;
  openIntervals: number;
  /** What an hour of these costs together. */
  openHourNano: bigint;
}

/** What a service's instances have cost so far. */
export async function readServiceCost(db: DbLike, serviceId: string): Promise<ServiceCost> {
  const [row] = await db.$queryRaw<ServiceCost[]>`
    SELECT coalesce(sum(i."chargedNano" + interval_due(i, coalesce(i."endedAt", c."now"))), 0)::bigint AS "costNano",
      coalesce(sum(i."chargedNano"), 0)::bigint AS "chargedNano", (count(*) FILTER (WHERE i."endedAt" IS NULL))::int AS "openIntervals",
      coalesce(sum(i."hourNano") FILTER (WHERE i."endedAt" IS NULL), 0)::bigint AS "openHourNano"
    FROM "instance_intervals" i CROSS JOIN (SELECT billing_now() AS "now") c WHERE i."serviceId" = ${serviceId}`;
  if (!row) throw new Error("no row of a service's cost");
  return row;
}
