import { hashApiKey, isApiKeyShaped } from "#lib/api-key-format.ts";
import { AppError } from "#lib/errors.ts";
import { type TrialClaims, verifyTrialToken } from "#lib/secrets.ts";
import type { Principal, Principals } from "../ports.ts";

const longestToken = 2_048;

/**
 * Who sends this `Authorization` header. Missing, malformed, unknown, revoked, expired and its owner disabled all throw
 * the same `invalid_api_key`; a key whose checksum fails costs no look-up.
 */
export async function authenticate(header: string | undefined, deps: { principals: Principals; secret: string }): Promise<Principal> {
  const bearer = /^bearer +(\S+) *$/i.exec(header ?? "")?.[1];
  const principal = bearer && bearer.length <= longestToken ? await principalOf(bearer, deps) : null;
  if (principal) return principal;
  throw invalidApiKey();
}

/** One error for all that is wrong with a key, so that none of it can be told apart. */
export function invalidApiKey(): AppError {
  return new AppError(
    "invalid_api_key",
    "The API key is missing or not valid. Send it as `Authorization: Bearer <key>`; keys are made on the console's API keys page.",
  );
}

async function principalOf(bearer: string, deps: { principals: Principals; secret: string }): Promise<Principal | null> {
  if (isApiKeyShaped(bearer)) return deps.principals.byKeyHash(hashApiKey(bearer));
  if (!bearer.startsWith("ey") || bearer.split(".").length !== 3) return null;
  const claims: TrialClaims | null = await verifyTrialToken(deps.secret, bearer);
  return claims ? deps.principals.byTrial(claims) : null;
}
