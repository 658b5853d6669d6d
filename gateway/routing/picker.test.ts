import { expect, test } from "vitest";
import { Health } from "./health.ts";
import { createPicker } from "./picker.ts";

const instances = ["a", "b", "c"].map((id) => ({ id, endpoint: "", token: "" }));
const none: string[] = [];

test("the one with the fewest calls in flight is picked, equals in turn", () => {
  const picker = createPicker();
  const seats = Array.from({ length: 9 }, () => picker.pick(instances, none));
  expect(instances.map(({ id }) => picker.inFlight(id))).toEqual([3, 3, 3]);
  for (const seat of seats) if (seat?.instance.id === "b") seat.release("answered");
  expect(picker.pick(instances, none)?.instance.id).toBe("b");
});

test("tried ones are left out, and a seat is given back once", () => {
  const picker = createPicker();
  const seat = picker.pick(instances, ["a", "c"]);
  expect(seat?.instance.id).toBe("b");
  expect(picker.pick(instances, ["a", "b", "c"])).toBeNull();
  picker.pick(instances, ["a", "c"]);
  seat?.release("answered");
  seat?.release("answered");
  expect(picker.inFlight("b")).toBe(1);
});

function withClock() {
  const clock = { ms: 0 };
  const picker = createPicker(new Health({ failures: 3, firstBackoffMs: 1_000, longestBackoffMs: 3_000 }, () => clock.ms));
  const others = (id: string) => instances.map((instance) => instance.id).filter((other) => other !== id);
  const fail = (id: string, times: number) => {
    for (let time = 0; time < times; time++) picker.pick(instances, others(id))?.release("failed");
  };
  const picked = () => {
    const seats = Array.from({ length: 12 }, () => picker.pick(instances, none));
    const ids = seats.map((seat) => seat?.instance.id);
    for (const seat of seats) seat?.release("unclear");
    return new Set(ids);
  };
  return { clock, picker, fail, picked, others };
}

test("one that failed three times in a row is left out, then one call probes it", () => {
  const { clock, picker, fail, picked } = withClock();
  fail("a", 2);
  expect(picked()).toContain("a");
  fail("a", 1);
  expect(picked()).toEqual(new Set(["b", "c"]));
  clock.ms = 1_000;
  const seats = Array.from({ length: 12 }, () => picker.pick(instances, none));
  const probes = seats.filter((seat) => seat?.instance.id === "a");
  expect(probes.length).toBe(1);
  for (const seat of seats) seat?.release("answered");
  expect(picked()).toContain("a");
});

test("a failed probe doubles the time out, up to a bound; a probe whose client left is repeated", () => {
  const { clock, picker, fail, picked, others } = withClock();
  fail("a", 3);
  for (const backoffMs of [1_000, 2_000, 3_000, 3_000]) {
    clock.ms += backoffMs - 1;
    expect(picked()).not.toContain("a");
    clock.ms += 1;
    picker.pick(instances, others("a"))?.release("unclear");
    expect(picked()).toContain("a");
    fail("a", 1);
  }
});

test("a success between failures counts, and calls that were under way do not lengthen the time out", () => {
  const { clock, picker, fail, picked, others } = withClock();
  const under = Array.from({ length: 5 }, () => picker.pick(instances, others("a")));
  fail("a", 2);
  picker.pick(instances, others("a"))?.release("answered");
  fail("a", 2);
  expect(picked()).toContain("a");
  fail("a", 1);
  for (const seat of under) seat?.release("failed");
  clock.ms = 1_000;
  expect(picked()).toContain("a");
});

test("where all fail, calls still go somewhere", () => {
  const { fail, picked } = withClock();
  for (const { id } of instances) fail(id, 3);
  expect(picked()).toEqual(new Set(["a", "b", "c"]));
});
