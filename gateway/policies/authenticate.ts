import { hexOfApiKey, isApiKeyShaped } from "#lib/api-key-format.ts";
import { AppError } from "#lib/errors.ts";
import { type TrialClaims, verifyTrialToken } from "#lib/secrets.ts";
import { HeadNote } from "../http/head-note.ts";
import type { HttpRequest } from "../http/request.ts";
import type { Principal, Principals } from "../ports.ts";

const longestToken = 2_048;

export interface AuthenticateDeps {
  principals: Principals;
  /** The installation's secret, for trial tokens. */
  secret: string;
}

type Caller = Pick<HttpRequest, "head" | "headers">;

/** Whose key it is, and whether it still holds, is asked with each request; only its hash stays the same. */
const keyHashes = new HeadNote<string>();

/**
 * Who sends a request with this `Authorization` header. Missing, malformed, unknown, revoked, expired and its owner disabled all throw
 * the same `invalid_api_key`; a key whose checksum fails costs no look-up. A promise for trial tokens alone.
 */
export function authenticate({ head, headers }: Caller, deps: AuthenticateDeps): Principal | Promise<Principal> {
  const kept = keyHashes.of(head);
  if (kept !== undefined) return known(deps.principals.byKeyHash(kept));
  const bearer = /^bearer +(\S+) *$/i.exec(headers.authorization ?? "")?.[1];
  if (!bearer || bearer.length > longestToken) throw invalidApiKey();
  if (!isApiKeyShaped(bearer)) return byTrial(bearer, deps);
  const hash = hexOfApiKey(bearer);
  keyHashes.keep(head, hash);
  return known(deps.principals.byKeyHash(hash));
}

/** One error for all that is wrong with a key, so that none of it can be told apart. */
export function invalidApiKey(): AppError {
  return new AppError(
    "invalid_api_key",
    "The API key is missing or not valid. Send it as `Authorization: Bearer <key>`; keys are made on the console's API keys page.",
  );
}

async function byTrial(bearer: string, { principals, secret }: AuthenticateDeps): Promise<Principal> {
  if (!bearer.startsWith("ey") || bearer.split(".").length !== 3) throw invalidApiKey();
  const claims: TrialClaims | null = await verifyTrialToken(secret, bearer);
  return known(claims && principals.byTrial(claims));
}

function known(principal: Principal | null): Principal {
  if (principal) return principal;
  throw invalidApiKey();
}
