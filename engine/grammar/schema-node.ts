/** A JSON schema as the grammar writer takes it: only what a grammar can keep. Values are JSON texts. */
export type SchemaNode =
  | { kind: "any" }
  | { kind: "literal"; values: readonly string[] }
  | { kind: "string"; minLength: number; maxLength: number | null; format: StringFormat | null }
  | { kind: "number" }
  | { kind: "integer"; minimum: bigint | null; maximum: bigint | null }
  | { kind: "boolean" }
  | { kind: "null" }
  | { kind: "object"; properties: readonly Property[] }
  | { kind: "map"; values: SchemaNode }
  | { kind: "array"; prefix: readonly SchemaNode[]; items: SchemaNode | null; minItems: number; maxItems: number | null }
  | { kind: "union"; nodes: readonly SchemaNode[] }
  | { kind: "ref"; pointer: string };

export interface Property {
  key: string;
  node: SchemaNode;
  required: boolean;
}

export const stringFormats = ["date", "time", "date-time", "uuid"] as const;
export type StringFormat = (typeof stringFormats)[number];

export interface SchemaTree {
  root: SchemaNode;
  /** What `$ref` pointers mean, by pointer. */
  definitions: ReadonlyMap<string, SchemaNode>;
}

/** The schema asks for what a grammar cannot keep, or is none. The message is for the one who sent it. */
export class SchemaError extends Error {
  override name = "SchemaError";
}
