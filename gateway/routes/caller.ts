import type { AddressRanges } from "#lib/address-ranges.ts";
import { authenticate } from "../policies/authenticate.ts";
import { checkAddress, clientAddress } from "../policies/client-address.ts";
import type { Asker } from "../policies/find-service.ts";
import { limitHeaders } from "../policies/limit-headers.ts";
import type { Limiter, Ticket } from "../policies/limiter.ts";
import type { Metering, Principal, Principals } from "../ports.ts";
import type { Exchange } from "./exchange.ts";

export interface CallerDeps {
  principals: Principals;
  limiter: Limiter;
  metering: Metering;
  /** The installation's secret, for trial tokens. */
  secret: string;
  /** Proxies whose X-Forwarded-For is believed. */
  trustedProxies: AddressRanges;
}

/** Who asks. The address comes before all limits: a key that was stolen must not use up its owner's. */
export async function identify(exchange: Exchange, deps: CallerDeps): Promise<Asker> {
  const { request } = exchange;
  const found = authenticate(request.headers.authorization, deps);
  const principal = found instanceof Promise ? await found : found;
  if (principal.rules?.allowedAddresses) checkAddress(clientAddress(request, deps.trustedProxies), principal.rules);
  if (principal.keyId) deps.metering.keyUsed(principal.keyId);
  return { principal, endpoint: exchange.endpoint };
}

/** Who asks, counted against the limits, which its answer will tell. The ticket is to be released at the end. */
export async function enter(exchange: Exchange, deps: CallerDeps): Promise<Asker & { ticket: Ticket }> {
  const asker = await identify(exchange, deps);
  try {
    return { ...asker, ticket: deps.limiter.enter(asker.principal) };
  } finally {
    tellLimits(exchange, asker.principal, deps.limiter);
  }
}

/** Puts the rate-limit headers on the answer, as things stand now. */
export function tellLimits(exchange: Exchange, principal: Principal, limiter: Limiter): void {
  const statuses = limiter.status(principal);
  if (statuses.length > 0) exchange.limitHeaders = limitHeaders(statuses);
}
