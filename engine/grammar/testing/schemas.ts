import fc from "fast-check";

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Schema = { [key: string]: unknown };

const key = fc.string({ minLength: 1, maxLength: 6, unit: fc.constantFrom("a", "b", '"', "\\", "é", "名", "😀", " ", "\n", "-") });
const scalar = fc.oneof(fc.constant(null), fc.boolean(), fc.integer({ min: -999, max: 999 }), key);
const size = fc.integer({ min: 0, max: 3 });
const range = fc.tuple(size, size).map(([a, b]): [number, number] => (a < b ? [a, b] : [b, a]));
const bigRange = fc.tuple(fc.maxSafeInteger(), fc.maxSafeInteger()).map(([a, b]): [number, number] => (a < b ? [a, b] : [b, a]));

const leaf: fc.Arbitrary<Schema> = fc.oneof(
  fc.constantFrom<Schema>({ type: "null" }, { type: "boolean" }, { type: "number" }, { type: "integer" }, { type: ["boolean", "null"] }),
  fc.constantFrom<Schema>({ type: "string", format: "date" }, { type: "string", format: "uuid" }, { type: "string", format: "date-time" }),
  range.map(([minLength, maxLength]) => ({ type: "string", minLength, maxLength })),
  bigRange.map(([minimum, maximum]) => ({ type: "integer", minimum, maximum })),
  fc.uniqueArray(scalar, { minLength: 1, maxLength: 8 }).map((values) => ({ enum: values })),
  scalar.map((value) => ({ const: value })),
);

/** Schemas of the kind that the engine takes, with every text of which a value can end. */
export const schemas: fc.Arbitrary<Schema> = fc.letrec<{ schema: Schema }>((tie) => ({
  schema: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    leaf,
    objects(tie("schema")),
    arrays(tie("schema")),
    unions(tie("schema")),
  ),
})).schema;

function objects(inner: fc.Arbitrary<Schema>): fc.Arbitrary<Schema> {
  return fc.uniqueArray(fc.tuple(key, inner, fc.boolean()), { maxLength: 4, selector: ([name]) => name }).map((members) => ({
    type: "object",
    properties: Object.fromEntries(members.map(([name, schema]) => [name, schema])),
    required: members.filter(([, , isRequired]) => isRequired).map(([name]) => name),
    additionalProperties: false,
  }));
}

function arrays(inner: fc.Arbitrary<Schema>): fc.Arbitrary<Schema> {
  return fc.tuple(inner, range).map(([items, [minItems, maxItems]]) => ({ type: "array", items, minItems, maxItems }));
}

/** Alternatives that can be told apart by their first character. */
function unions(inner: fc.Arbitrary<Schema>): fc.Arbitrary<Schema> {
  return fc
    .tuple(objects(inner), fc.constantFrom<Schema>({ type: "null" }, { type: "string", maxLength: 3 }, { const: 7 }))
    .map((anyOf) => ({ anyOf }));
}

/** Whether a value is what a schema of the above kinds allows; written apart from what the engine does with them. */
export function allows(schema: Schema, value: Json): boolean {
  if (schema.anyOf) return (schema.anyOf as Schema[]).some((one) => allows(one, value));
  if (schema.enum) return (schema.enum as Json[]).some((one) => one === value);
  if ("const" in schema) return schema.const === value;
  if (Array.isArray(schema.type)) return schema.type.some((type) => allows({ type }, value));
  if (Array.isArray(value)) return schema.type === "array" && allowsItems(schema, value);
  if (typeof value === "object" && value !== null) return schema.type === "object" && allowsMembers(schema, value);
  if (typeof value === "string") return schema.type === "string" && allowsText(schema, value);
  if (typeof value === "number") return allowsNumber(schema, value);
  return value === null ? schema.type === "null" : schema.type === "boolean";
}

function allowsItems({ items, minItems, maxItems }: Schema, value: Json[]): boolean {
  return value.length >= Number(minItems) && value.length <= Number(maxItems) && value.every((one) => allows(items as Schema, one));
}

function allowsMembers({ properties, required }: Schema, value: { [key: string]: Json }): boolean {
  const known = properties as Record<string, Schema>;
  return (
    (required as string[]).every((name) => Object.hasOwn(value, name)) &&
    Object.entries(value).every(([name, one]) => Object.hasOwn(known, name) && allows(known[name] as Schema, one))
  );
}

const formats: Record<string, RegExp> = {
  date: /^\d{4}-\d\d-\d\d$/,
  uuid: /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i,
  "date-time": /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/,
};

function allowsText({ format, minLength, maxLength }: Schema, value: string): boolean {
  if (format) return formats[format as string]?.test(value) === true;
  const { length } = [...value];
  return length >= Number(minLength ?? 0) && length <= Number(maxLength ?? Number.POSITIVE_INFINITY);
}

function allowsNumber({ type, minimum, maximum }: Schema, value: number): boolean {
  if (type === "number") return true;
  return type === "integer" && Number.isInteger(value) && value >= Number(minimum ?? -Infinity) && value <= Number(maximum ?? Infinity);
}
