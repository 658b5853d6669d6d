import { createHash, randomBytes } from "node:crypto";

/** A new token for an invitation or a reset link: 256 random bits, in characters that need no escaping in a link. */
export function newOneTimeToken(): string {
  return randomBytes(32).toString("base64url");
}

/** SHA-256: the only form in which the token is kept. */
export function hashOneTimeToken(token: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHash("sha256").update(token).digest());
}
