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

/** A caller, counted against its limits. */
export type Caller = Asker & { ticket: Ticket };

/** Who asks; a promise for trial tokens alone. The address comes before all limits: a key that was stolen must not use up its owner's. */
export function identify(exchange: Exchange, deps: CallerDeps): Asker | Promise<Asker> {
  const found = authenticate(exchange.request, deps);
  return found instanceof Promise ? found.then((principal) => asker(exchange, principal, deps)) : asker(exchange, found, deps);
}

function asker({ request, endpoint }: Exchange, principal: Principal, deps: CallerDeps): Asker {
  if (principal.rules?.allowedAddresses) checkAddress(clientAddress(request, deps.trustedProxies), principal.rules);
  if (principal.keyId) deps.metering.keyUsed(principal.keyId);
  return { principal, endpoint };
}

/** Who asks, counted against the limits, which its answer will tell. The ticket is to be released at the end. */
export function enter(exchange: Exchange, deps: CallerDeps): Caller | Promise<Caller> {
  const found = identify(exchange, deps);
  return found instanceof Promise ? found.then((asker) => count(exchange, asker, deps)) : count(exchange, found, deps);
}

function count(exchange: Exchange, { principal, endpoint }: Asker, { limiter }: CallerDeps): Caller {
  try {
    return { principal, endpoint, ticket: limiter.enter(principal) };
  } finally {
    tellLimits(exchange, principal, limiter);
  }
}

/** Puts the rate-limit headers on the answer, as things stand now. */
export function tellLimits(exchange: Exchange, principal: Principal, limiter: Limiter): void {
  const statuses = limiter.status(principal);
  if (statuses.length > 0) exchange.limitHeaders = limitHeaders(statuses);
}
