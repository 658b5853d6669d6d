import type { DeletionFacts } from "#lib/contracts/account.ts";
import type { DbLike } from "#lib/db/client.ts";
import { type Context, requireActor } from "../context.ts";
import { readBalance } from "../wallet/balance.ts";

/** What deleting the actor's account would end. */
export async function deletionFacts({ ctx }: { ctx: Context }): Promise<DeletionFacts> {
  const { userId, workspaceId } = requireActor(ctx);
  const [services, keys, balance, lastOperator] = await Promise.all([
    ctx.db.modelService.count({ where: { workspaceId, deletedAt: null, wanted: { not: "deleted" } } }),
    ctx.db.apiKey.count({ where: { workspaceId, revokedAt: null } }),
    readBalance({ ctx }),
    isLastOperator(ctx.db, userId),
  ]);
  return { services, keys, ...balance, lastOperator };
}

/** Whether this user is an operator and nobody else who can sign in is one. */
export async function isLastOperator(db: DbLike, userId: string): Promise<boolean> {
  const operators = await db.user.findMany({ where: { role: "operator", status: "active" }, select: { id: true }, take: 2 });
  return operators.length === 1 && operators[0]?.id === userId;
}
