import "server-only";
import { createHash } from "node:crypto";

/** Cookies ignore ports, so two installations on one host need names of their own. */
export function cookieName(secret: string, kind: string): string {
  return `hydra-${createHash("sha256").update(`cookie:${secret}`).digest("hex").slice(0, 8)}-${kind}`;
}
