import { expect, test } from "vitest";
import { readableBytes, readableCores } from "./amounts.ts";

test.each([
  [0, 0, "B"],
  [999, 999, "B"],
  [1_500, 1.5, "KB"],
  [143_400_000, 143, "MB"],
  [9_210_000_000, 9.2, "GB"],
  [1.5e15, 1_500, "TB"],
])("%d bytes are %d %s", (bytes, amount, unit) => {
  expect(readableBytes(bytes)).toEqual({ amount, unit });
});

test("cores to a tenth", () => expect(readableCores(1_550)).toBe(1.6));
