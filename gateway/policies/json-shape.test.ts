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
