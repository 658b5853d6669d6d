import "server-only";
import { clientAddressHeader } from "#lib/config.ts";
import type { Context } from "#lib/services/context.ts";
import { runtime } from "./runtime.ts";

/** The context of a request that nobody has signed in for. */
export function anonymousContext(): Context {
  const { db, config } = runtime();
  return { db, config, now: () => new Date(), actor: null };
}

/**
 * The caller's address: the connection's own, or, where that is a trusted proxy's, the last one in X-Forwarded-For that
 * is not. Anything else in that header is the caller's word and is not believed.
 */
export function clientAddress(headers: Headers): string {
  const trusted = new Set(runtime().config.trustedProxies);
  const chain = (headers.get("x-forwarded-for") ?? "").split(",").map(plain).filter(Boolean);
  let address = plain(headers.get(clientAddressHeader) ?? "unknown");
  while (trusted.has(address) && chain.length > 0) address = chain.pop() ?? address;
  return address;
}

function plain(address: string): string {
  return address.trim().replace(/^::ffff:/, "");
}
