import { AppError } from "#lib/errors.ts";
import { recordAudit } from "../audit/record.ts";
import { type Context, requireActor } from "../context.ts";
import { inTransaction } from "../transaction.ts";

/** Ends one of the actor's own sessions, the current one included, from the next request on. `not_found` for another's, or one that has ended. */
export async function revokeSession({ ctx, input }: { ctx: Context; input: { sessionId: string } }): Promise<void> {
  const { userId, workspaceId } = requireActor(ctx);
  await inTransaction(ctx, async (tx) => {
    const { count } = await tx.session.updateMany({
      where: { id: input.sessionId, userId, revokedAt: null },
      data: { revokedAt: ctx.now() },
    });
    if (count === 0) throw new AppError("not_found", "There is no such session.");
    await recordAudit(tx, ctx, { action: "session.revoke", targetType: "session", targetId: input.sessionId, workspaceId });
  });
}
