import ipaddr from "ipaddr.js";
import { AddressRanges } from "#lib/address-ranges.ts";
import { AppError } from "#lib/errors.ts";
import type { HttpRequest } from "../http/request.ts";
import type { KeyRules } from "../ports.ts";

const parsed = new WeakMap<string[], AddressRanges>();

/**
 * The address that a request comes from: the connection's, unless that is a trusted proxy's; then the last one in
 * X-Forwarded-For that is not. Without a trusted proxy the header is anybody's word and counts for nothing.
 */
export function clientAddress(request: Pick<HttpRequest, "remoteAddress" | "headers">, trusted: AddressRanges): string {
  let address = request.remoteAddress;
  const header = request.headers["x-forwarded-for"];
  if (header === undefined || !trusted.has(address)) return address;
  const hops = header.split(",").map(withoutPort);
  for (let hop = hops.pop(); hop !== undefined; hop = hops.pop()) {
    if (!ipaddr.isValid(hop)) return address;
    address = hop;
    if (!trusted.has(address)) return address;
  }
  return address;
}

/** Throws `address_not_allowed` where the key may not be used from there. */
export function checkAddress(address: string, rules: KeyRules | null): void {
  const allowed = rules?.allowedAddresses;
  if (!allowed) return;
  let ranges = parsed.get(allowed);
  if (!ranges) {
    ranges = new AddressRanges(allowed);
    parsed.set(allowed, ranges);
  }
  if (!ranges.has(address)) {
    throw new AppError(
      "address_not_allowed",
      "This API key may not be used from your address. Its owner can change the allowed addresses.",
    );
  }
}

function withoutPort(hop: string): string {
  const text = hop.trim();
  const bracketed = /^\[([^\]]*)\](?::\d+)?$/.exec(text);
  if (bracketed) return bracketed[1] as string;
  return text.split(":").length === 2 ? (text.split(":")[0] as string) : text;
}
