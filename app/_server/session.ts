import "server-only";
import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { cache } from "react";
import { readSession, type SessionUser } from "#lib/services/account/read-session.ts";
import type { Actor, Context } from "#lib/services/context.ts";
import { auth } from "./auth.ts";
import { anonymousContext } from "./context.ts";

/** The signed-in user of this request, or null; the session's row is read once per request. */
export const currentSession = cache(async (): Promise<SessionUser | null> => {
  const session = (await auth()) as { sid?: unknown } | null;
  if (typeof session?.sid !== "string") return null;
  return readSession({ ctx: anonymousContext(), input: { sessionId: session.sid } });
});

/** The context of this request's user. */
export async function requestContext(): Promise<Context> {
  const session = await currentSession();
  return { ...anonymousContext(), actor: session?.actor ?? null };
}

/** For pages: the context of the signed-in user; a visitor is sent to sign in and comes back afterwards. */
export async function pageContext(): Promise<Context & { actor: Actor }> {
  const ctx = await requestContext();
  const path = (await headers()).get("x-path") ?? "/";
  if (!ctx.actor) redirect(`/sign-in?next=${encodeURIComponent(path)}`);
  return { ...ctx, actor: ctx.actor };
}
