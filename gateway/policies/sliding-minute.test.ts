import fc from "fast-check";
import { expect, test } from "vitest";
import { SlidingMinute } from "./sliding-minute.ts";

test("an amount counts for 60 to 61 seconds", () => {
  for (const at of [0, 1, 500, 999, 123_456_789]) {
    const minute = new SlidingMinute();
    minute.add(at, 3);
    expect(minute.used(at + 60_000)).toBe(3);
    expect(minute.used(at + 61_000)).toBe(0);
  }
});

test("whatever comes when, no 60 seconds hold more than the limit, and the told wait is true to a second", () => {
  const step = fc.record({ waitMs: fc.integer({ min: 0, max: 20_000 }), amount: fc.integer({ min: 1, max: 6 }) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), fc.integer({ min: 6, max: 20 }), (steps, limit) => {
      const minute = new SlidingMinute();
      const taken: { at: number; amount: number }[] = [];
      let now = 5_000;
      for (const { waitMs, amount } of steps) {
        now += waitMs;
        const wait = minute.msUntilFits(now, amount, limit);
        if (minute.used(now) + amount <= limit) {
          expect(wait).toBe(0);
          minute.add(now, amount);
          taken.push({ at: now, amount });
        } else {
          expect(wait).toBeGreaterThan(0);
          const later = structuredClone(taken).filter(({ at }) => at > now + wait - 60_000);
          expect(later.reduce((sum, one) => sum + one.amount, amount)).toBeLessThanOrEqual(limit);
        }
        const window = taken.filter(({ at }) => at > now - 60_000);
        expect(window.reduce((sum, one) => sum + one.amount, 0)).toBeLessThanOrEqual(limit);
      }
    }),
    { numRuns: 200 },
  );
});

test("a correction changes the second in which the amount was taken, and none that is gone", () => {
  const minute = new SlidingMinute();
  const second = minute.add(1_000, 100);
  minute.add(30_000, 7);
  minute.correct(40_000, second, -90);
  expect(minute.used(40_000)).toBe(17);
  expect(minute.used(62_000)).toBe(7);
  minute.correct(62_000, second, -5);
  expect(minute.used(62_000)).toBe(7);
  expect(minute.msUntilEmpty(62_000)).toBe(29_000);
  expect(minute.used(91_000)).toBe(0);
  expect(minute.msUntilEmpty(91_000)).toBe(0);
});

test("an amount above the limit never fits", () => {
  expect(new SlidingMinute().msUntilFits(0, 11, 10)).toBe(Number.POSITIVE_INFINITY);
});
