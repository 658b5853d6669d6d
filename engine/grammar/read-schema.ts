import { type Property, SchemaError, type SchemaNode, type SchemaTree, type StringFormat, stringFormats } from "./schema-node.ts";

type Json = Record<string, unknown>;

/** Members that say nothing on which values are valid. */
const annotations = ["title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly", "$comment", "$schema", "$id"];
const containers = ["$defs", "definitions"];
const typeMembers: Record<string, readonly string[]> = {
  string: ["minLength", "maxLength", "format"],
  number: [],
  integer: ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"],
  boolean: [],
  null: [],
  object: ["properties", "required", "additionalProperties"],
  array: ["items", "prefixItems", "minItems", "maxItems"],
};
const maxNodes = 2_000;
const maxDepth = 64;
const maxLiteralChars = 100_000;
/** llama.cpp refuses repetitions from 2,000 on. */
export const maxRepetitions = 1_000;

/**
 * Reads a JSON schema strictly: what a grammar cannot keep is refused by name and place, never passed over. `oneOf` is read as
 * `anyOf`, since a grammar cannot forbid that two alternatives hold. Throws {@link SchemaError}.
 */
export function readSchema(schema: unknown): SchemaTree {
  const reader = new SchemaReader(schema);
  return reader.read();
}

class SchemaReader {
  readonly #document: unknown;
  readonly #definitions = new Map<string, SchemaNode>();
  #nodes = 0;
  #literalChars = 0;

  constructor(document: unknown) {
    this.#document = document;
  }

  read(): SchemaTree {
    return { root: this.#node(this.#document, "#", 0), definitions: this.#definitions };
  }

  #node(schema: unknown, at: string, depth: number): SchemaNode {
    this.#nodes++;
    if (this.#nodes > maxNodes) throw new SchemaError(`the schema has more than ${maxNodes} parts`);
    if (depth > maxDepth) throw new SchemaError(`the schema is nested more than ${maxDepth} deep, at ${at}`);
    if (schema === true) return { kind: "any" };
    if (!isObject(schema)) throw new SchemaError(`a schema must be an object, at ${at}`);
    if ("$ref" in schema) return this.#reference(schema, at, depth);
    if ("const" in schema || "enum" in schema) return this.#literal(schema, at);
    const union = ["anyOf", "oneOf", "allOf"].find((key) => key in schema);
    if (union) return this.#union(schema, union, at, depth);
    return this.#typed(schema, at, depth);
  }

  #reference(schema: Json, at: string, depth: number): SchemaNode {
    only(schema, ["$ref"], at);
    const pointer = schema.$ref;
    if (typeof pointer !== "string" || !/^#(\/|$)/.test(pointer)) {
      throw new SchemaError(`$ref must point into the schema itself, as "#/$defs/name", at ${at}`);
    }
    if (!this.#definitions.has(pointer)) {
      const target = lookUp(this.#document, pointer);
      if (target === undefined) throw new SchemaError(`$ref points to nothing: ${pointer}, at ${at}`);
      // Set before it is read: it may refer to itself.
      this.#definitions.set(pointer, { kind: "any" });
      this.#definitions.set(pointer, this.#node(target, pointer, depth + 1));
    }
    return { kind: "ref", pointer };
  }

  #literal(schema: Json, at: string): SchemaNode {
    only(schema, ["const", "enum", "type"], at);
    const given = "const" in schema ? [schema.const] : schema.enum;
    if (!Array.isArray(given) || given.length === 0) throw new SchemaError(`enum must be a list with at least one value, at ${at}`);
    const types = "type" in schema ? typesOf(schema.type, at) : null;
    const values = given.filter((value) => types === null || types.some((type) => isOfType(value, type)));
    if (values.length === 0) throw new SchemaError(`no value of enum or const has the type, at ${at}`);
    const texts = [...new Set(values.map((value) => JSON.stringify(value)))];
    this.#literalChars += texts.reduce((sum, text) => sum + text.length, 0);
    if (this.#literalChars > maxLiteralChars) throw new SchemaError(`enum and const have more than ${maxLiteralChars} characters`);
    return { kind: "literal", values: texts };
  }

  #union(schema: Json, key: string, at: string, depth: number): SchemaNode {
    only(schema, [key], at);
    const given = schema[key];
    if (!Array.isArray(given) || given.length === 0) throw new SchemaError(`${key} must be a list with at least one schema, at ${at}`);
    if (key === "allOf" && given.length > 1) throw new SchemaError(`allOf with more than one schema is not supported, at ${at}`);
    const nodes = given.map((one, index) => this.#node(one, `${at}/${key}/${index}`, depth + 1));
    return nodes.length === 1 && nodes[0] ? nodes[0] : { kind: "union", nodes };
  }

  #typed(schema: Json, at: string, depth: number): SchemaNode {
    const types = "type" in schema ? typesOf(schema.type, at) : impliedTypes(schema);
    if (types.length === 0) {
      only(schema, [], at);
      return { kind: "any" };
    }
    only(schema, ["type", ...types.flatMap((type) => typeMembers[type] ?? [])], at);
    const nodes = types.map((type) => this.#ofType(schema, type, at, depth));
    return nodes.length === 1 && nodes[0] ? nodes[0] : { kind: "union", nodes };
  }

  #ofType(schema: Json, type: string, at: string, depth: number): SchemaNode {
    if (type === "string") return stringNode(schema, at);
    if (type === "integer") return integerNode(schema, at);
    if (type === "object") return this.#object(schema, at, depth);
    if (type === "array") return this.#array(schema, at, depth);
    return { kind: type as "number" | "boolean" | "null" };
  }

  #object(schema: Json, at: string, depth: number): SchemaNode {
    const { properties = {}, required = [], additionalProperties = true } = schema;
    if (!isObject(properties)) throw new SchemaError(`properties must be an object, at ${at}`);
    if (!Array.isArray(required) || !required.every((key) => typeof key === "string")) {
      throw new SchemaError(`required must be a list of names, at ${at}`);
    }
    const keys = [...new Set([...Object.keys(properties), ...required])];
    if (keys.length === 0) {
      if (additionalProperties === false) return { kind: "object", properties: [] };
      return { kind: "map", values: this.#node(additionalProperties, `${at}/additionalProperties`, depth + 1) };
    }
    if (typeof additionalProperties !== "boolean") {
      throw new SchemaError(`additionalProperties beside properties must be true or false, at ${at}`);
    }
    const node = (key: string): SchemaNode =>
      Object.hasOwn(properties, key) ? this.#node(properties[key], `${at}/properties/${key}`, depth + 1) : { kind: "any" };
    const list: Property[] = keys.map((key) => ({ key, node: node(key), required: required.includes(key) }));
    return { kind: "object", properties: list };
  }

  #array(schema: Json, at: string, depth: number): SchemaNode {
    const { prefixItems = [], items = true } = schema;
    if (!Array.isArray(prefixItems)) throw new SchemaError(`prefixItems must be a list, at ${at}`);
    const minItems = size(schema, "minItems", at) ?? 0;
    const maxItems = size(schema, "maxItems", at);
    const prefix = prefixItems.map((one, index) => this.#node(one, `${at}/prefixItems/${index}`, depth + 1));
    const rest = items === false ? null : this.#node(items, `${at}/items`, depth + 1);
    if (prefix.length > 0 && (minItems < prefix.length || (maxItems !== null && maxItems < prefix.length))) {
      throw new SchemaError(`prefixItems needs minItems of at least ${prefix.length}, at ${at}`);
    }
    if (maxItems !== null && maxItems < minItems) throw new SchemaError(`maxItems is below minItems, at ${at}`);
    if (rest === null && minItems > prefix.length) throw new SchemaError(`minItems asks for more than prefixItems has, at ${at}`);
    return { kind: "array", prefix, items: rest, minItems, maxItems };
  }
}

function stringNode(schema: Json, at: string): SchemaNode {
  const { format = null } = schema;
  const minLength = size(schema, "minLength", at) ?? 0;
  const maxLength = size(schema, "maxLength", at);
  if (maxLength !== null && maxLength < minLength) throw new SchemaError(`maxLength is below minLength, at ${at}`);
  if (format === null) return { kind: "string", minLength, maxLength, format };
  if (!stringFormats.includes(format as StringFormat)) {
    throw new SchemaError(`format ${JSON.stringify(format)} is not supported (${stringFormats.join(", ")} are), at ${at}/format`);
  }
  if ("minLength" in schema || "maxLength" in schema) throw new SchemaError(`format beside a length is not supported, at ${at}`);
  return { kind: "string", minLength, maxLength, format: format as StringFormat };
}

function integerNode(schema: Json, at: string): SchemaNode {
  const bound = (key: string, step: bigint): bigint[] => {
    const value = schema[key];
    if (value === undefined) return [];
    if (!Number.isSafeInteger(value)) throw new SchemaError(`${key} must be a whole number within ±2^53, at ${at}`);
    return [BigInt(value as number) + step];
  };
  const lows = [...bound("minimum", 0n), ...bound("exclusiveMinimum", 1n)];
  const highs = [...bound("maximum", 0n), ...bound("exclusiveMaximum", -1n)];
  const minimum = ascending(lows).at(-1) ?? null;
  const maximum = ascending(highs)[0] ?? null;
  if (minimum !== null && maximum !== null && minimum > maximum) throw new SchemaError(`no integer is within the bounds, at ${at}`);
  return { kind: "integer", minimum, maximum };
}

function ascending(values: readonly bigint[]): bigint[] {
  return [...values].sort((a, b) => (a < b ? -1 : 1));
}

function size(schema: Json, key: string, at: string): number | null {
  const value = schema[key];
  if (value === undefined) return null;
  if (!Number.isInteger(value) || (value as number) < 0) throw new SchemaError(`${key} must be a whole number, at ${at}`);
  if ((value as number) > maxRepetitions) throw new SchemaError(`${key} above ${maxRepetitions} is not supported, at ${at}`);
  return value as number;
}

/** Refuses members that would have to be kept and are not among `known`. */
function only(schema: Json, known: readonly string[], at: string): void {
  const other = Object.keys(schema).find((key) => ![...known, ...annotations, ...containers].includes(key));
  if (other !== undefined) throw new SchemaError(`the keyword ${JSON.stringify(other)} is not supported here, at ${at}`);
}

function typesOf(type: unknown, at: string): string[] {
  const types = Array.isArray(type) ? type : [type];
  const unknown = types.find((one) => typeof one !== "string" || !Object.hasOwn(typeMembers, one));
  if (unknown !== undefined || types.length === 0) throw new SchemaError(`unknown type ${JSON.stringify(unknown ?? type)}, at ${at}`);
  // Every integer is a number: both would be two ways to read one text.
  return [...new Set<string>(types)].filter((one) => one !== "integer" || !types.includes("number"));
}

function impliedTypes(schema: Json): string[] {
  if (["properties", "required", "additionalProperties"].some((key) => key in schema)) return ["object"];
  return ["items", "prefixItems"].some((key) => key in schema) ? ["array"] : [];
}

function isOfType(value: unknown, type: string): boolean {
  if (type === "integer") return Number.isInteger(value);
  if (type === "array") return Array.isArray(value);
  if (type === "null") return value === null;
  if (type === "object") return isObject(value);
  return typeof value === type;
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function lookUp(document: unknown, pointer: string): unknown {
  const steps = pointer.split("/").slice(1);
  return steps.reduce<unknown>((value, step) => {
    const key = decodeStep(step);
    return typeof value === "object" && value !== null && Object.hasOwn(value, key) ? (value as Json)[key] : undefined;
  }, document);
}

function decodeStep(step: string): string {
  try {
    return decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~");
  } catch {
    return step;
  }
}
