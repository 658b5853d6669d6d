import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fittingContext, memoryNeeds, offeredContext } from "./instance-memory.ts";

const gibibyte = 1024 ** 3;
const mebibyte = 1024 ** 2;

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

test("an instance needs its weights, each request's keys and values, its prompt cache and the program", () => {
  const room = { weightsBytes: 400 * mebibyte, cacheBytesPerToken: 12_288, contextLength: 32_768, parallel: 4, memoryBytes: 2 * gibibyte };
  // 2 GiB less 176 MiB for the program, 64 MiB for earlier prompts and the weights.
  const free = (2_048 - 176 - 64 - 400) * mebibyte;
  const tokens = Math.floor(free / 4 / 12_288 / 256) * 256;
  expect(tokens).toBe(29_952);
  expect(memoryNeeds(room)).toEqual({ contextLength: tokens, memoryBytes: (176 + 64 + 400) * mebibyte + tokens * 4 * 12_288 });
  // A file that does not tell its layers.
  expect(memoryNeeds({ ...room, cacheBytesPerToken: null }).contextLength).toBe(32_768);
});

describe("what is offered before anything is started", () => {
  const type = { parallel: 4, memoryBytes: 2 * gibibyte, gpuCount: 0 };
  const model = { contextLength: 32_768, weights: { bytes: 400 * mebibyte, cacheBytesPerToken: 12_288 }, type, driver: "local" as const };

  test("what the type's memory holds, as the deployer will start it", () => {
    expect(offeredContext(model)).toEqual({ tokens: 29_952, certain: true, fits: true });
    expect(offeredContext({ ...model, type: { ...type, memoryBytes: 8 * gibibyte } })).toEqual({
      tokens: 32_768,
      certain: true,
      fits: true,
    });
  });
  test("a type that is too small for the least", () => {
    expect(offeredContext({ ...model, type: { ...type, memoryBytes: gibibyte / 2 } })).toEqual({
      tokens: 4_096,
      certain: true,
      fits: false,
    });
  });
  test("at most what the model takes, while the weights have not told or another program may run them", () => {
    expect(offeredContext({ ...model, weights: null })).toEqual({ tokens: 32_768, certain: false, fits: true });
    expect(offeredContext({ ...model, type: { ...type, gpuCount: 1 } })).toEqual({ tokens: 32_768, certain: false, fits: true });
  });
  test("elsewhere than on this machine all of it", () => {
    for (const driver of ["kubernetes", "upstream"] as const) {
      expect(offeredContext({ ...model, driver })).toEqual({ tokens: 32_768, certain: true, fits: true });
    }
  });
});
