import { AppError } from "#lib/errors.ts";
import { recordAudit } from "../audit/record.ts";
import { type Context, requireOperator } from "../context.ts";
import { inTransaction } from "../transaction.ts";

export interface WrittenOff {
  workspaceId: string;
  amountNano: string;
}

/**
 * Gives back to the wallets what a gateway had drawn that will not come back, because its machine or its folder is lost.
 * Should it come back all the same, what it then settles is charged as far as the wallets go; nothing is overdrawn.
 * For operators and the `hydra` command. Throws `not_found` (no such leases), `conflict` (the gateway runs).
 */
export async function writeOffLeases({ ctx, input }: { ctx: Context; input: { gatewayId: string } }): Promise<WrittenOff[]> {
  requireOperator(ctx);
  const { gatewayId } = input;
  // Set apart for running instances, and given back by billing itself.
  if (gatewayId === "instances") throw new AppError("not_found", "There is no gateway named instances.");
  return inTransaction(ctx, async (tx) => {
    const running = await tx.$queryRaw<unknown[]>`SELECT FROM "gateways" WHERE "id" = ${gatewayId} AND "leaseUntil" > clock_timestamp()`;
    if (running.length > 0) {
      throw new AppError(
        "conflict",
        `The gateway ${gatewayId} is running, or was a minute ago. Stop it first: it returns its leases itself.`,
      );
    }
    // Wallets before leases, as everybody locks them.
    await tx.$queryRaw`
      SELECT FROM "ledger_accounts" a WHERE a."kind" = 'wallet' AND a."workspaceId" IN
        (SELECT "workspaceId" FROM "credit_leases" WHERE "gatewayId" = ${gatewayId} AND "amountNano" > 0) ORDER BY a."id" FOR UPDATE`;
    const leases = await tx.creditLease.findMany({ where: { gatewayId, amountNano: { gt: 0 } }, orderBy: { workspaceId: "asc" } });
    if (leases.length === 0) throw new AppError("not_found", `The gateway ${gatewayId} has drawn nothing.`);
    for (const { workspaceId, amountNano } of leases) {
      await tx.ledgerAccount.updateMany({ where: { kind: "wallet", workspaceId }, data: { leasedNano: { decrement: amountNano } } });
      await tx.creditLease.update({ where: { gatewayId_workspaceId: { gatewayId, workspaceId } }, data: { amountNano: 0n } });
      const data = { gatewayId, amountNano: amountNano.toString() };
      await recordAudit(tx, ctx, {
        action: "workspace.write_off_lease",
        targetType: "workspace",
        targetId: workspaceId,
        workspaceId,
        data,
      });
    }
    return leases.map(({ workspaceId, amountNano }) => ({ workspaceId, amountNano: amountNano.toString() }));
  });
}
