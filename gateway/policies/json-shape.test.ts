import fc from "fast-check";
import { expect, test } from "vitest";
import { parseJsonObject } from "./json-shape.ts";

const limits = { maxDepth: 64, maxContainers: 1_000 };
const parse = (text: string) => parseJsonObject(Buffer.from(text), limits);

test("brackets inside strings are no nesting, whatever is escaped before them", () => {
  const text = JSON.stringify({ a: '\\"[[[['.repeat(200), b: "\\", c: "{".repeat(500), 'd"[': 1 });
  expect(parse(text)).toEqual(JSON.parse(text));
});

test("64 levels are taken, 65 are not", () => {
  const nested = (depth: number) => `{"a":${"[".repeat(depth - 1)}${"]".repeat(depth - 1)}}`;
  expect(parse(nested(64))).toHaveProperty("a");
  expect(() => parse(nested(65))).toThrow(/deeper/);
});

test("2 MB of brackets are refused without blocking", () => {
  const started = performance.now();
  expect(() => parse("[".repeat(2_000_000))).toThrow(/deeper/);
  expect(performance.now() - started).toBeLessThan(50);
});

test("a string that never ends is bad JSON; pairs of surrogates are good, halves are not, also in names", () => {
  expect(() => parse('{"a":"')).toThrow(/not valid JSON/);
  expect(parse('{"a":"\\ud83d\\ude00"}')).toEqual({ a: "😀" });
  expect(() => parse('{"a":[{"b":"\\ude00"}]}')).toThrow(expect.objectContaining({ code: "invalid_unicode", param: "a[0].b" }));
  expect(() => parse('{"\\ud83d":1}')).toThrow(expect.objectContaining({ code: "invalid_unicode" }));
});

test("nesting is counted as it is, whatever stands in strings and wherever their escapes fall", () => {
  const text = fc.string({ unit: fc.constantFrom("\\", '"', "[", "{", "a", "é"), maxLength: 80 });
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 6, withCrossShrink: true },
      text,
      fc.array(tie("value"), { maxLength: 3 }),
      fc.dictionary(text, tie("value"), { maxKeys: 3 }),
    ),
  }));
  const depthOf = (one: unknown): number =>
    typeof one === "object" && one !== null ? 1 + Math.max(0, ...Object.values(one).map((inner) => depthOf(inner))) : 0;
  fc.assert(
    fc.property(value, (inner) => {
      const body = { inner };
      const bytes = Buffer.from(JSON.stringify(body));
      const depth = depthOf(body);
      expect(parseJsonObject(bytes, { maxDepth: depth, maxContainers: 1_000 })).toEqual(body);
      expect(() => parseJsonObject(bytes, { maxDepth: depth - 1, maxContainers: 1_000 })).toThrow(/deeper/);
    }),
    { numRuns: 1_000 },
  );
});
