import "server-only";
import { headers } from "next/headers";
import type { Account, Profile, User } from "next-auth";
import { type AppError, toAppError } from "#lib/errors.ts";
import { connectIdentity } from "#lib/services/account/connect-identity.ts";
import { openSession } from "#lib/services/account/open-session.ts";
import type { ProvenIdentity } from "#lib/services/account/proven-identity.ts";
import { readSession } from "#lib/services/account/read-session.ts";
import { signInWithIdentity } from "#lib/services/account/sign-in-with-identity.ts";
import { chosenLocale } from "./browser-locale.ts";
import { takeConnectIntent } from "./connect-intent.ts";
import { anonymousContext, clientAddress } from "./context.ts";
import { provenIdentity } from "./identity-providers.ts";
import { runtime } from "./runtime.ts";

/**
 * Somebody comes back from a provider: signs them in, or connects the account there to the one that asked for it.
 * Answers as next-auth's `signIn` callback does: true goes on with the session that `user.id` names, a path goes there.
 */
export async function finishIdentity(user: User, account: Account, profile: Profile | undefined): Promise<true | string> {
  const intent = await takeConnectIntent();
  const failed = (error: AppError) => (intent ? `/settings?tab=sign-in&error=${error.code}` : `/sign-in?error=${error.code}`);
  try {
    const identity = provenIdentity(account, profile);
    if (intent?.provider === account.provider) return await connect(identity, intent.sessionId);
    user.id = await signIn(identity);
    return true;
  } catch (thrown) {
    const error = toAppError(thrown);
    if (error.status >= 500) runtime().log.error({ err: error.cause ?? error }, "signing in with a provider failed");
    return failed(error);
  }
}

async function signIn(identity: ProvenIdentity): Promise<string> {
  const ctx = anonymousContext();
  const header = await headers();
  const address = clientAddress(header);
  const { userId } = await signInWithIdentity({
    ctx,
    input: { identity, locale: await chosenLocale(), address },
  });
  const userAgent = header.get("user-agent") ?? "";
  return (await openSession({ ctx, input: { userId, address, userAgent } })).sessionId;
}

async function connect(identity: ProvenIdentity, sessionId: string): Promise<string> {
  const ctx = anonymousContext();
  const session = await readSession({ ctx, input: { sessionId } });
  if (!session) return "/sign-in";
  await connectIdentity({ ctx: { ...ctx, actor: session.actor }, input: { identity } });
  return `/settings?tab=sign-in&connected=${identity.provider}`;
}
