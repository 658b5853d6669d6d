import { type Locale, locales } from "#lib/contracts/account.ts";
import type { Actor, Context } from "../context.ts";

/** How stale `lastSeenAt` may be: no write for each request. */
const seenEveryMs = 60_000;

export interface SessionUser {
  sessionId: string;
  actor: Actor;
  email: string;
  name: string;
  /** The one that was chosen; null where none was. */
  locale: Locale | null;
}

/** Who the session belongs to, in their personal workspace; null where it is unknown, revoked or expired, or its user disabled. */
export async function readSession({ ctx, input }: { ctx: Context; input: { sessionId: string } }): Promise<SessionUser | null> {
  const now = ctx.now();
  const session = await ctx.db.session.findFirst({
    where: { id: input.sessionId, revokedAt: null, expiresAt: { gt: now }, user: { status: "active" } },
    select: {
      id: true,
      lastSeenAt: true,
      user: {
        select: {
          ...{ id: true, email: true, name: true, role: true, locale: true },
          memberships: {
            where: { role: "owner", workspace: { kind: "personal" } },
            orderBy: { createdAt: "asc" },
            take: 1,
            select: { workspace: { select: { id: true, name: true } } },
          },
        },
      },
    },
  });
  const workspace = session?.user.memberships[0]?.workspace;
  if (!session || !workspace) return null;
  const stale = new Date(now.getTime() - seenEveryMs);
  if (session.lastSeenAt <= stale) {
    await ctx.db.session.updateMany({ where: { id: session.id, lastSeenAt: { lte: stale } }, data: { lastSeenAt: now } });
  }
  const { user } = session;
  return {
    sessionId: session.id,
    actor: { userId: user.id, workspaceId: workspace.id, workspaceName: workspace.name, role: user.role },
    email: user.email,
    name: user.name,
    locale: locales.find((known) => known === user.locale) ?? null,
  };
}
