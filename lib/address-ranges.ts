import ipaddr from "ipaddr.js";

type Address = ReturnType<typeof ipaddr.parse>;

/** Whether a text is an IP address or a CIDR range such as `10.0.0.0/8`. */
export function isAddressRange(text: string): boolean {
  return rangeOf(text) !== null;
}

/** A set of IP addresses and CIDR ranges. An IPv4 address and its IPv6-mapped form are the same; what is no address matches nothing. */
export class AddressRanges {
  readonly #ranges: [Address, number][];

  constructor(texts: readonly string[]) {
    this.#ranges = texts.map(rangeOf).filter((range) => range !== null);
  }

  has(text: string): boolean {
    if (this.#ranges.length === 0 || !ipaddr.isValid(text)) return false;
    const address = ipaddr.process(text);
    return this.#ranges.some(([base, bits]) => base.kind() === address.kind() && address.match(base, bits));
  }
}

function rangeOf(text: string): [Address, number] | null {
  if (ipaddr.isValidCIDR(text)) {
    const [base, bits] = ipaddr.parseCIDR(text);
    if (base.kind() === "ipv6" && (base as ipaddr.IPv6).isIPv4MappedAddress() && bits >= 96) {
      return [(base as ipaddr.IPv6).toIPv4Address(), bits - 96];
    }
    return [base, bits];
  }
  // Forms such as `10.1` or `0x0a000001` would be read, but as something else than most people mean.
  if (!ipaddr.IPv4.isValidFourPartDecimal(text) && !ipaddr.IPv6.isValid(text)) return null;
  const address = ipaddr.process(text);
  return [address, address.kind() === "ipv4" ? 32 : 128];
}
