import { expect, test } from "vitest";
import { costAt } from "./cost-at.ts";

test.each([
  ["0", 0, "7"],
  ["3600", 999, "7"],
  ["3600", 1_000, "8"],
  ["3600000", 61_500, "61007"],
  ["1", 3_599_999, "7"],
  ["3600", -5_000, "7"],
])("at %s an hour, after %d ms", (openHourNano, sinceMs, cost) => {
  expect(costAt({ costNano: "7", openHourNano }, sinceMs)).toBe(cost);
});
