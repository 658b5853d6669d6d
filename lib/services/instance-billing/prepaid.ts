import type { DbLike } from "#lib/db/client.ts";

/** Seconds of all instances that a workspace must be able to pay for before it gets them. */
export const prepaidSeconds = 60;

export interface Prepaid {
  /** What a minute costs of all instances that are wanted, also of those that are suspended. */
  neededNano: bigint;
  /** What there is for them: free credit, and what is set apart for them already. */
  availableNano: bigint;
}

/** Locks the workspace's wallet to the transaction's end, so that of those who ask for money at once each sees what the others took. */
export async function lockWallet(tx: DbLike, workspaceId: string): Promise<void> {
  await tx.$queryRaw`SELECT FROM "ledger_accounts" WHERE "kind" = 'wallet' AND "workspaceId" = ${workspaceId} FOR UPDATE`;
}

/** Compares what a workspace's instances need with what there is. Call {@link lockWallet} first, in the same transaction. */
export async function readPrepaid(tx: DbLike, workspaceId: string): Promise<Prepaid> {
  const [row] = await tx.$queryRaw<Prepaid[]>`
    SELECT (SELECT coalesce(sum(ceil(s."wantedInstances" * p."hourNano" * ${prepaidSeconds}::numeric / 3600)), 0)::bigint
      FROM "model_services" s
      CROSS JOIN LATERAL (SELECT "hourNano" FROM "instance_prices" WHERE "instanceTypeId" = s."instanceTypeId"
        AND "effectiveFrom" <= billing_now() ORDER BY "effectiveFrom" DESC LIMIT 1) p
      WHERE s."workspaceId" = ${workspaceId} AND s."billing" = 'instance' AND s."wanted" = 'running') AS "neededNano",
    (SELECT coalesce(sum("balanceNano" + "creditLineNano" - "leasedNano"), 0) FROM "ledger_accounts"
      WHERE "kind" = 'wallet' AND "workspaceId" = ${workspaceId})::bigint
    + (SELECT coalesce(sum("amountNano"), 0) FROM "credit_leases"
      WHERE "gatewayId" = 'instances' AND "workspaceId" = ${workspaceId})::bigint
    - (SELECT coalesce(sum(interval_due(i, coalesce("endedAt", billing_now()))), 0) FROM "instance_intervals" i
      WHERE "workspaceId" = ${workspaceId} AND ("endedAt" IS NULL OR "billedThrough" < "endedAt"))::bigint
      AS "availableNano"`;
  if (!row) throw new Error("no row of what is prepaid");
  return row;
}
