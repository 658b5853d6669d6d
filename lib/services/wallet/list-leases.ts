import { type Context, requireOperator } from "../context.ts";

export interface GatewayLease {
  gatewayId: string;
  /** False where that gateway does not run, so that nobody spends or returns the lease. */
  running: boolean;
  workspaceId: string;
  workspaceName: string;
  amountNano: string;
  /** ISO 8601; the last draw, return or charge. */
  updatedAt: string;
}

/**
 * What gateways have drawn of wallets, by gateway; not what is set apart for instances, which is no gateway's. For operators
 * and the `hydra` command.
 */
export async function listLeases({ ctx }: { ctx: Context }): Promise<GatewayLease[]> {
  requireOperator(ctx);
  const rows = await ctx.db.$queryRaw<(Omit<GatewayLease, "amountNano" | "updatedAt"> & { amountNano: bigint; updatedAt: Date })[]>`
    SELECT l."gatewayId", coalesce(g."leaseUntil" > clock_timestamp(), false) AS "running", l."workspaceId", w."name" AS "workspaceName",
      l."amountNano", l."updatedAt"
    FROM "credit_leases" l JOIN "workspaces" w ON w."id" = l."workspaceId" LEFT JOIN "gateways" g ON g."id" = l."gatewayId"
    WHERE l."amountNano" > 0 AND l."gatewayId" <> 'instances' ORDER BY l."gatewayId", w."name"`;
  return rows.map((row) => ({ ...row, amountNano: row.amountNano.toString(), updatedAt: row.updatedAt.toISOString() }));
}
