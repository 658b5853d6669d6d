import fc from "fast-check";
import { expect, test } from "vitest";
import { integerRange } from "./integer-range.ts";

/** The expression as a regular expression: without its quotes and blanks the two languages agree here. */
function matcher(minimum: bigint | null, maximum: bigint | null): RegExp {
  return new RegExp(`^(?:${integerRange(minimum, maximum).replaceAll(/["\s]/g, "")})$`);
}

test("a range takes every number within and none without", () => {
  const numbers = fc.oneof(fc.bigInt(-1200n, 1200n), fc.bigInt(-(10n ** 16n), 10n ** 16n));
  const agrees = (a: bigint, b: bigint, value: bigint, step: bigint) => {
    const [low, high] = a < b ? [a, b] : [b, a];
    const range = matcher(low, high);
    return [value, low + step, high + step].every((one) => range.test(String(one)) === (one >= low && one <= high));
  };
  fc.assert(fc.property(numbers, numbers, numbers, fc.bigInt(-15n, 15n), agrees), { numRuns: 3_000 });
});

test("every number of small ranges, one by one", () => {
  for (const [low, high] of [
    [0n, 0n],
    [-3n, 12n],
    [7n, 123n],
    [-250n, -99n],
    [95n, 1005n],
    [1n, 1n],
  ] as const) {
    const range = matcher(low, high);
    for (let value = -300n; value <= 1100n; value++)
      expect([value, range.test(String(value))]).toEqual([value, value >= low && value <= high]);
  }
});

test("without a bound there are 15 digits, and one way to write a number", () => {
  const any = matcher(null, null);
  for (const text of ["0", "7", "-7", "999999999999999", "-999999999999999"]) expect(any.test(text)).toBe(true);
  for (const text of ["-0", "01", "1000000000000000", "", "-", "1.0"]) expect(any.test(text)).toBe(false);
  expect(matcher(5n, null).test("4")).toBe(false);
  expect(matcher(null, -5n).test("-5")).toBe(true);
  expect(matcher(10n ** 15n, null).test(String(10n ** 15n + 3n))).toBe(true);
});
