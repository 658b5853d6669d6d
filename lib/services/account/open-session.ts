import { newId } from "#lib/ids.ts";
import type { Context } from "../context.ts";

export const sessionDays = 30;

export interface OpenSessionInput {
  /** As {@link verifyCredentials} answered. */
  userId: string;
  userAgent: string;
  address: string;
}

/** A new session, good for 30 days unless it is revoked. The id belongs into a signed cookie and nowhere else. */
export async function openSession({
  ctx,
  input,
}: {
  ctx: Context;
  input: OpenSessionInput;
}): Promise<{ sessionId: string; expiresAt: Date }> {
  const now = ctx.now();
  const expiresAt = new Date(now.getTime() + sessionDays * 86_400_000);
  const sessionId = newId("ses");
  const userAgent = input.userAgent.slice(0, 300);
  const address = input.address.slice(0, 64);
  await ctx.db.session.create({
    data: { id: sessionId, userId: input.userId, userAgent, address, createdAt: now, lastSeenAt: now, expiresAt },
  });
  return { sessionId, expiresAt };
}
