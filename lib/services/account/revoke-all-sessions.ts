import type { DbLike } from "#lib/db/client.ts";
import { recordAudit } from "../audit/record.ts";
import { type Context, requireActor } from "../context.ts";
import { inTransaction } from "../transaction.ts";

/** Ends all sessions of the actor but `exceptSessionId` (null: that one too); says how many. */
export async function revokeAllSessions({
  ctx,
  input,
}: {
  ctx: Context;
  input: { exceptSessionId: string | null };
}): Promise<{ revoked: number }> {
  return inTransaction(ctx, async (tx) => ({ revoked: await endSessions(tx, ctx, input.exceptSessionId) }));
}

/** The same, inside the caller's transaction. */
export async function endSessions(tx: DbLike, ctx: Context, exceptSessionId: string | null): Promise<number> {
  const { userId, workspaceId } = requireActor(ctx);
  const { count } = await tx.session.updateMany({
    where: { userId, revokedAt: null, ...(exceptSessionId ? { id: { not: exceptSessionId } } : {}) },
    data: { revokedAt: ctx.now() },
  });
  if (count > 0) {
    const data = { revoked: count };
    await recordAudit(tx, ctx, { action: "session.revoke_all", targetType: "user", targetId: userId, workspaceId, data });
  }
  return count;
}
