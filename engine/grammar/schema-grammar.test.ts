import fc from "fast-check";
import { expect, test } from "vitest";
import { AppError } from "#lib/errors.ts";
import { checkGrammar } from "./check-grammar.ts";
import { schemaGrammar } from "./schema-grammar.ts";
import { schemas } from "./testing/schemas.ts";
import { anyObjectGrammar } from "./write-grammar.ts";

const person = { type: "object", properties: { name: { type: "string" } }, required: ["name"] };

function refusal(schema: unknown): string {
  try {
    schemaGrammar(schema, "here");
  } catch (error) {
    if (error instanceof AppError) return `${error.code} ${error.param} ${error.message}`;
    throw error;
  }
  throw new Error("the schema was taken");
}

test("every schema of the supported kind makes a grammar that passes the check", () => {
  fc.assert(
    fc.property(schemas, (schema) => checkGrammar(schemaGrammar(schema, "here")) === null),
    { numRuns: 300 },
  );
  expect(checkGrammar(anyObjectGrammar)).toBe(null);
});

test("whatever is sent ends in a grammar or a refusal, never in another error", () => {
  const words = fc.constantFrom("type", "properties", "items", "$ref", "anyOf", "enum", "minLength", "object", "string", "#", "#/items");
  const value = fc.letrec((tie) => ({
    any: fc.oneof({ depthSize: "small" }, words, fc.integer(), fc.constant(null), fc.array(tie("any")), fc.dictionary(words, tie("any"))),
  })).any;
  const outcome = (schema: unknown) => {
    try {
      return checkGrammar(schemaGrammar(schema, "here")) === null;
    } catch (error) {
      return error instanceof AppError;
    }
  };
  fc.assert(fc.property(value, outcome), { numRuns: 500 });
});

test.each([
  ["pattern", { type: "string", pattern: "^a" }],
  ["minProperties", { type: "object", minProperties: 1 }],
  ["patternProperties", { type: "object", patternProperties: {} }],
  ["uniqueItems", { type: "array", uniqueItems: true }],
  ["multipleOf", { type: "integer", multipleOf: 3 }],
  ["minimum", { type: "number", minimum: 0 }],
  ["not", { not: { type: "null" } }],
  ["if", { if: {}, properties: {} }],
  ["nullable", { type: "string", nullable: true }],
  ["email", { type: "string", format: "email" }],
  ["allOf", { allOf: [person, person] }],
  ["maxLength", { type: "string", maxLength: 100_000 }],
  ["maxItems", { type: "array", maxItems: 5_000 }],
])("%s is refused by name", (name, schema) => {
  const message = refusal({ type: "object", properties: { deep: schema } });
  expect(message).toContain("invalid_value here");
  expect(message).toContain(name);
  expect(message).toContain("#/properties/deep");
});

test.each([
  ["no schema at all", 7],
  ["an unknown type", { type: "text" }],
  ["a reference outwards", { $ref: "https://example.com/schema" }],
  ["a reference to nothing", { $ref: "#/$defs/none" }],
  ["an empty enum", { enum: [] }],
  ["an enum without a value of its type", { type: "string", enum: [1] }],
  ["bounds that cross", { type: "integer", minimum: 2, maximum: 1 }],
  ["a reference to itself alone", { $ref: "#" }],
  [
    "a circle of references",
    { $ref: "#/$defs/a", $defs: { a: { $ref: "#/$defs/b" }, b: { anyOf: [{ $ref: "#/$defs/a" }, { type: "null" }] } } },
  ],
  ["100 schemas inside each other", Array.from({ length: 100 }).reduce((items: unknown) => ({ type: "array", items }), { type: "null" })],
  ["3,000 parts", { type: "object", properties: Object.fromEntries(Array.from({ length: 3_000 }, (_, index) => [`p${index}`, {}])) }],
])("%s is refused", (_name, schema) => {
  expect(refusal(schema)).toContain("invalid_value here");
});

test("alternatives that begin alike are bounded: in a circle, and as a power", () => {
  const node = (kind: string) => ({ type: "object", properties: { left: { $ref: "#/$defs/node" }, kind: { const: kind } } });
  expect(refusal({ $ref: "#/$defs/node", $defs: { node: { anyOf: [node("a"), node("b")] } } })).toContain("begin alike");
  const definitions = Object.fromEntries(
    Array.from({ length: 20 }, (_, level) => {
      const inner = { type: "object", properties: { x: level === 19 ? { type: "null" } : { $ref: `#/$defs/d${level + 1}` } } };
      return [`d${level}`, { anyOf: [inner, { ...inner, required: ["x"] }] }];
    }),
  );
  expect(refusal({ $ref: "#/$defs/d0", $defs: definitions })).toContain("begin alike");
});

test("a tree and a list of itself are taken", () => {
  const tree = { type: "object", properties: { children: { type: "array", items: { $ref: "#" } } }, required: ["children"] };
  const list = { type: "object", properties: { next: { anyOf: [{ $ref: "#" }, { type: "null" }] } } };
  for (const schema of [tree, list]) expect(checkGrammar(schemaGrammar(schema, "here"))).toBe(null);
});
