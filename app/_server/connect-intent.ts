import "server-only";
import { jwtVerify, SignJWT } from "jose";
import { cookies } from "next/headers";
import type { IdentityProvider } from "#lib/contracts/account.ts";
import { deriveKey } from "#lib/secrets.ts";
import { cookieName } from "./cookie-name.ts";
import { runtime } from "./runtime.ts";

const minutes = 10;

/**
 * Notes that the browser was sent to a provider by this session, to connect an account there. Coming back without such a
 * note means signing in, whoever is signed in already: nobody's account is connected unasked.
 */
export async function noteConnectIntent(sessionId: string, provider: IdentityProvider): Promise<void> {
  const { config } = runtime();
  const note = await new SignJWT({ sid: sessionId, provider })
    .setProtectedHeader({ alg: "HS256" })
    .setExpirationTime(`${minutes}m`)
    .sign(deriveKey(config.secret, "connect-identity"));
  const secure = config.consoleUrl.startsWith("https:");
  const options = { httpOnly: true, sameSite: "lax", path: "/", secure, maxAge: minutes * 60 } as const;
  (await cookies()).set(cookieName(config.secret, "connect"), note, options);
}

/** The note, which is good for one coming back; null where there is none that holds. */
export async function takeConnectIntent(): Promise<{ sessionId: string; provider: string } | null> {
  const { config } = runtime();
  const jar = await cookies();
  const name = cookieName(config.secret, "connect");
  const note = jar.get(name)?.value;
  if (!note) return null;
  jar.delete(name);
  try {
    const { payload } = await jwtVerify(note, deriveKey(config.secret, "connect-identity"), {
      algorithms: ["HS256"],
      requiredClaims: ["exp"],
    });
    const { sid, provider } = payload;
    return typeof sid === "string" && typeof provider === "string" ? { sessionId: sid, provider } : null;
  } catch {
    return null;
  }
}
