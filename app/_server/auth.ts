import "server-only";
import { headers } from "next/headers";
import NextAuth, { CredentialsSignin } from "next-auth";
import Credentials from "next-auth/providers/credentials";
import { signInInput } from "#lib/contracts/account.ts";
import { AppError } from "#lib/errors.ts";
import { deriveKey } from "#lib/secrets.ts";
import { openSession } from "#lib/services/account/open-session.ts";
import { verifyCredentials } from "#lib/services/account/verify-credentials.ts";
import { anonymousContext, clientAddress } from "./context.ts";
import { cookieName } from "./cookie-name.ts";
import { finishIdentity } from "./finish-identity.ts";
import { oauthProviders } from "./identity-providers.ts";
import { runtime } from "./runtime.ts";

const sessionDays = 30;

/** Carries our own error through next-auth, so that the sign-in route can answer 401 or 429 with its message. */
export class RefusedSignIn extends CredentialsSignin {
  readonly reason: AppError;

  constructor(reason: AppError) {
    super(reason.message);
    this.reason = reason;
    this.code = reason.code;
  }
}

async function authorize({ email, password }: Partial<Record<"email" | "password", unknown>>) {
  const parsed = signInInput.safeParse({ email, password });
  if (!parsed.success) return null;
  const ctx = anonymousContext();
  const header = await headers();
  try {
    const address = clientAddress(header);
    const { userId } = await verifyCredentials({ ctx, input: { ...parsed.data, address } });
    const session = await openSession({
      ctx,
      input: { userId, address, userAgent: header.get("user-agent")?.slice(0, 300) ?? "" },
    });
    return { id: session.sessionId };
  } catch (error) {
    if (error instanceof AppError) throw new RefusedSignIn(error);
    throw error;
  }
}

/**
 * next-auth with credentials keeps no database sessions itself: its JWT carries only our session row's id, and
 * session.ts reads that row on each request, so that sessions can be revoked.
 */
export const { handlers, auth, signIn, signOut } = NextAuth(() => {
  const { config } = runtime();
  const secure = config.consoleUrl.startsWith("https:");
  const cookie = (kind: string, maxAge?: number) => ({
    name: cookieName(config.secret, kind),
    options: { httpOnly: true, sameSite: "lax" as const, path: "/", secure, ...(maxAge ? { maxAge } : {}) },
  });
  return {
    secret: Buffer.from(deriveKey(config.secret, "session-cookie")).toString("base64"),
    trustHost: true,
    session: { strategy: "jwt", maxAge: sessionDays * 86_400 },
    pages: { signIn: "/sign-in", error: "/sign-in" },
    cookies: {
      ...{ sessionToken: cookie("session"), csrfToken: cookie("csrf"), callbackUrl: cookie("callback") },
      // As long as somebody may take on the provider's pages.
      ...{ pkceCodeVerifier: cookie("pkce", 900), state: cookie("state", 900), nonce: cookie("nonce", 900) },
    },
    providers: [Credentials({ credentials: { email: {}, password: {} }, authorize }), ...oauthProviders(config)],
    callbacks: {
      signIn: ({ user, account, profile }) => (account && account.type !== "credentials" ? finishIdentity(user, account, profile) : true),
      jwt: ({ token, user }) => (user?.id ? { sid: user.id } : token),
      session: ({ session, token }) => ({ ...session, sid: token.sid }),
    },
    logger: { error: (error) => runtime().log.debug({ err: error }, "next-auth refused") },
  };
});
