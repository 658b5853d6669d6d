import { expect, test } from "vitest";
import { Lease } from "./lease.ts";

function leaseAt() {
  const time = { monotonicMs: 1_000, wallMs: 50_000 };
  const lease = new Lease({ monotonic: () => time.monotonicMs, wall: () => time.wallMs }, 45_000);
  const pass = (ms: number) => {
    time.monotonicMs += ms;
    time.wallMs += ms;
  };
  return { time, lease, pass };
}

test("a renewal counts only once changes are applied that were read after its confirmation, and from before it was sent", () => {
  const { lease, pass } = leaseAt();
  expect(lease.holds()).toBe(false);
  const sent = lease.now();
  pass(4_000);
  lease.confirm(sent);
  expect(lease.holds()).toBe(false);
  lease.count(lease.confirmed);
  expect(lease.holds()).toBe(true);
  pass(40_549);
  expect(lease.holds()).toBe(true);
  pass(1);
  expect(lease.holds()).toBe(false);
});

test("a later renewal prolongs it; one whose answer never comes does not", () => {
  const { lease, pass } = leaseAt();
  lease.confirm(lease.now());
  lease.count(lease.confirmed);
  pass(30_000);
  lease.now();
  lease.count(lease.confirmed);
  pass(20_000);
  expect(lease.holds()).toBe(false);
  lease.confirm(lease.now());
  lease.count(lease.confirmed);
  expect(lease.holds()).toBe(true);
});

test("a sleep that only the wall clock has seen ends it; a wall clock that is set back does not prolong it", () => {
  const { time, lease, pass } = leaseAt();
  lease.confirm(lease.now());
  lease.count(lease.confirmed);
  time.wallMs += 3_600_000;
  expect(lease.holds()).toBe(false);
  time.wallMs -= 7_200_000;
  expect(lease.holds()).toBe(true);
  pass(45_000);
  expect(lease.holds()).toBe(false);
});
