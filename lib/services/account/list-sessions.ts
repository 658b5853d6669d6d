import type { SessionView } from "#lib/contracts/account.ts";
import { type Context, requireActor } from "../context.ts";

/** Where the actor is signed in, last seen first. */
export async function listSessions({
  ctx,
  input,
}: {
  ctx: Context;
  input: { currentSessionId: string };
}): Promise<{ items: SessionView[] }> {
  const { userId } = requireActor(ctx);
  const rows = await ctx.db.session.findMany({
    where: { userId, revokedAt: null, expiresAt: { gt: ctx.now() } },
    orderBy: [{ lastSeenAt: "desc" }, { id: "desc" }],
    take: 100,
  });
  const items = rows.map((row) => ({
    id: row.id,
    userAgent: row.userAgent,
    address: row.address,
    createdAt: row.createdAt.toISOString(),
    lastSeenAt: row.lastSeenAt.toISOString(),
    current: row.id === input.currentSessionId,
  }));
  return { items };
}
