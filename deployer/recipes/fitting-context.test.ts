import fc from "fast-check";
import { expect, test } from "vitest";
import { fittingContext } from "./fitting-context.ts";

const gibibyte = 1024 ** 3;

test.each([
  [
    "all that the model takes, where there is room",
    { contextLength: 1024, parallel: 4, freeBytes: gibibyte, cacheBytesPerToken: 512 },
    1024,
  ],
  ["as much as fits, in steps", { contextLength: 131_072, parallel: 4, freeBytes: gibibyte, cacheBytesPerToken: 12_288 }, 21_760],
  ["never less than is of use", { contextLength: 131_072, parallel: 16, freeBytes: 1_000, cacheBytesPerToken: 100_000 }, 4_096],
  ["nor more than a small model takes", { contextLength: 2_048, parallel: 16, freeBytes: -1, cacheBytesPerToken: 100_000 }, 2_048],
  ["a file that takes no room for it", { contextLength: 8_192, parallel: 1, freeBytes: 10_000_000, cacheBytesPerToken: 0 }, 8_192],
])("%s", (_, room, tokens) => {
  expect(fittingContext(room)).toBe(tokens);
});

test("what it says fits, unless it is the least, and is never more than the model takes", () => {
  const rooms = fc.record({
    contextLength: fc.integer({ min: 1, max: 1_000_000 }),
    parallel: fc.integer({ min: 1, max: 256 }),
    freeBytes: fc.integer({ min: -gibibyte, max: 64 * gibibyte }),
    cacheBytesPerToken: fc.integer({ min: 1, max: 1_000_000 }),
  });
  fc.assert(
    fc.property(rooms, (room) => {
      const tokens = fittingContext(room);
      expect(tokens).toBeLessThanOrEqual(room.contextLength);
      expect(tokens).toBeGreaterThan(0);
      if (tokens > 4_096) expect(tokens * room.parallel * room.cacheBytesPerToken).toBeLessThanOrEqual(room.freeBytes);
    }),
  );
});
