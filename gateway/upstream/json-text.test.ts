import fc from "fast-check";
import { expect, test } from "vitest";
import { jsonText } from "./json-text.ts";

const long = (text: string) => text.repeat(Math.ceil((70 * 1024) / text.length));

test("is what JSON.stringify gives, long strings with and without escapes among others", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom(long("iVBORw0KGgo="), long('a"b'), long("a\\b"), long("世"), long("a\u2028"), long("\u007f")),
  );
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { maxDepth: 3 },
      text,
      fc.integer(),
      fc.constant(null),
      fc.array(tie("any"), { maxLength: 4 }),
      fc.dictionary(fc.string(), tie("any"), { maxKeys: 4 }),
    ),
  })).any;
  fc.assert(
    fc.property(value, (one) => {
      expect(jsonText({ one }) === JSON.stringify({ one })).toBe(true);
    }),
    { numRuns: 300 },
  );
});
