import { expect, test } from "vitest";
import { createPicker } from "./picker.ts";

const instances = ["a", "b", "c"].map((id) => ({ id, endpoint: "", token: "" }));

test("the one with the fewest calls in flight is picked, equals in turn", () => {
  const picker = createPicker();
  const seats = Array.from({ length: 9 }, () => picker.pick(instances, new Set()));
  expect(instances.map(({ id }) => picker.inFlight(id))).toEqual([3, 3, 3]);
  for (const seat of seats) if (seat?.instance.id === "b") seat.release();
  expect(picker.pick(instances, new Set())?.instance.id).toBe("b");
});

test("tried ones are left out, and a seat is given back once", () => {
  const picker = createPicker();
  const seat = picker.pick(instances, new Set(["a", "c"]));
  expect(seat?.instance.id).toBe("b");
  expect(picker.pick(instances, new Set(["a", "b", "c"]))).toBeNull();
  picker.pick(instances, new Set(["a", "c"]));
  seat?.release();
  seat?.release();
  expect(picker.inFlight("b")).toBe(1);
});
