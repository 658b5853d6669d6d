import { expect, test } from "vitest";
import { AddressRanges, isAddressRange } from "#lib/address-ranges.ts";
import { principalWith } from "../testing/principal.ts";
import { checkAddress, clientAddress } from "./client-address.ts";

const from = (remoteAddress: string, forwarded?: string) =>
  clientAddress(
    { remoteAddress, headers: forwarded === undefined ? {} : { "x-forwarded-for": forwarded } },
    new AddressRanges(["10.0.0.0/8", "::1"]),
  );

test.each([
  ["nobody is believed by default", "203.0.113.9", "198.51.100.7", "203.0.113.9"],
  ["a trusted proxy is", "10.0.0.1", "198.51.100.7", "198.51.100.7"],
  ["also in its IPv6-mapped form", "::ffff:10.0.0.1", "198.51.100.7", "198.51.100.7"],
  ["a chain ends at the first who is not trusted", "10.0.0.1", "192.0.2.1, 198.51.100.7, 10.9.9.9", "198.51.100.7"],
  ["what a client put before counts for nothing", "10.0.0.1", "127.0.0.1, 203.0.113.5", "203.0.113.5"],
  ["a hop that is no address ends it", "10.0.0.1", "198.51.100.7, unknown", "10.0.0.1"],
  ["a port is left off", "10.0.0.1", "198.51.100.7:5000", "198.51.100.7"],
  ["IPv6 with a port too", "::1", "[2001:db8::5]:443", "2001:db8::5"],
  ["all trusted: the first of them", "10.0.0.1", "10.1.1.1, 10.2.2.2", "10.1.1.1"],
  ["an empty header", "10.0.0.1", "", "10.0.0.1"],
])("%s", (_, remote, forwarded, expected) => {
  expect(from(remote, forwarded)).toBe(expected);
});

test("without the header it is the connection's", () => {
  expect(from("10.0.0.1")).toBe("10.0.0.1");
});

test.each([
  ["10.1.2.3", true],
  ["::ffff:10.1.2.3", true],
  ["10.1.3.3", false],
  ["203.0.113.9", true],
  ["2001:db8::77", true],
  ["2001:db9::77", false],
  ["", false],
])("a key for 10.1.2.0/24, 203.0.113.9 and 2001:db8::/32 used from '%s': %s", (address, allowed) => {
  const { rules } = principalWith({}, {}, { allowedAddresses: ["10.1.2.0/24", "203.0.113.9", "2001:db8::/32"] });
  if (allowed) expect(() => checkAddress(address, rules)).not.toThrow();
  else expect(() => checkAddress(address, rules)).toThrow(expect.objectContaining({ code: "address_not_allowed", status: 403 }));
});

test("what may stand in a list of addresses", () => {
  for (const text of ["10.0.0.1", "10.0.0.0/8", "::1", "2001:db8::/32", "::ffff:10.0.0.0/104"])
    expect(isAddressRange(text), text).toBe(true);
  for (const text of ["", "10.1", "0x0a000001", "10.0.0.0/33", "example.com", "10.0.0.1/", "*", "010.0.0.1"])
    expect(isAddressRange(text), text).toBe(false);
  expect(new AddressRanges(["::ffff:10.0.0.0/104"]).has("10.200.0.1")).toBe(true);
});
