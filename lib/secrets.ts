import { hkdfSync } from "node:crypto";
import { jwtVerify, SignJWT } from "jose";

const issuer = "hydra-console";
const audience = "hydra-gateway";

/** What a trial token says: who calls, and on whose balance. */
export interface TrialClaims {
  userId: string;
  workspaceId: string;
}

/** A 32-byte key for one purpose, derived from the installation's secret; keys of different purposes are unrelated. */
export function deriveKey(secret: string, purpose: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(hkdfSync("sha256", secret, "hydra", purpose, 32));
}

/** A token that the console shows to the gateway for a signed-in user; good for 60 s, enough to start one call. */
export function signTrialToken(secret: string, claims: TrialClaims): Promise<string> {
  return new SignJWT({ ws: claims.workspaceId })
    .setProtectedHeader({ alg: "HS256" })
    .setIssuer(issuer)
    .setAudience(audience)
    .setSubject(claims.userId)
    .setIssuedAt()
    .setExpirationTime("60s")
    .sign(deriveKey(secret, "trial-token"));
}

/** The claims of a trial token, or null where it is forged, expired or for somebody else. */
export async function verifyTrialToken(secret: string, token: string): Promise<TrialClaims | null> {
  try {
    const { payload } = await jwtVerify(token, deriveKey(secret, "trial-token"), {
      issuer,
      audience,
      algorithms: ["HS256"],
      requiredClaims: ["exp"],
    });
    return typeof payload.sub === "string" && typeof payload.ws === "string" ? { userId: payload.sub, workspaceId: payload.ws } : null;
  } catch {
    return null;
  }
}
