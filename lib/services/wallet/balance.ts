import { type Context, requireActor } from "../context.ts";

export interface Balance {
  /** Nano-units, decimal. */
  balanceNano: string;
  currency: string;
}

/** What the actor's workspace has left. */
export async function readBalance({ ctx }: { ctx: Context }): Promise<Balance> {
  const { workspaceId } = requireActor(ctx);
  const wallet = await ctx.db.ledgerAccount.findFirst({ where: { kind: "wallet", workspaceId }, select: { balanceNano: true } });
  return { balanceNano: (wallet?.balanceNano ?? 0n).toString(), currency: ctx.config.currency };
}
