import { integerRange } from "./integer-range.ts";
import { oneOfTexts, quote } from "./literals.ts";
import type { Property, SchemaNode, SchemaTree, StringFormat } from "./schema-node.ts";

/** Rules that every grammar shares; the bounds keep a weak model from writing blanks or digits until its context is full. */
const shared = `space ::= "" | " " | "\\n" [ \\t]{0,20}
char ::= [^"\\\\\\x7F\\x00-\\x1F] | "\\\\" ["\\\\/bfnrt]
string ::= "\\"" char* "\\""
number ::= "-"? ("0" | [1-9] [0-9]{0,14}) ("." [0-9]{1,15})? ([eE] [-+]? [0-9]{1,2})?
boolean ::= "true" | "false"
null ::= "null"
pair ::= string ":" space value
pairs ::= "," space pair
object ::= "{" space (pair pairs* space)? "}"
item ::= "," space value
array ::= "[" space (value item* space)? "]"
value ::= object | array | string | number | boolean | null
hex ::= [0-9a-fA-F]
date ::= [0-9]{4} "-" ("0" [1-9] | "1" [0-2]) "-" ("0" [1-9] | [12] [0-9] | "3" [01])
time ::= ("0" [0-9] | "1" [0-9] | "2" [0-3]) ":" [0-5] [0-9] ":" [0-5] [0-9] ("." [0-9]{1,6})? ("Z" | [+-] ("0" [0-9] | "1" [0-3]) ":" [0-5] [0-9])
uuid ::= hex{8} "-" hex{4} "-" hex{4} "-" hex{4} "-" hex{12}
`;
const formats: Record<StringFormat, string> = { date: "date", time: "time", "date-time": 'date "T" time', uuid: "uuid" };

/** The grammar of any JSON object. */
export const anyObjectGrammar = `root ::= object\n${shared}`;

/** The grammar whose texts are the values that a schema allows, in llama.cpp's language. */
export function writeGrammar(tree: SchemaTree): string {
  const writer = new GrammarWriter(tree);
  return writer.write();
}

class GrammarWriter {
  readonly #tree: SchemaTree;
  readonly #rules: string[] = [];
  readonly #references = new Map<string, string>();
  #count = 0;

  constructor(tree: SchemaTree) {
    this.#tree = tree;
  }

  write(): string {
    const root = this.#name(this.#tree.root);
    return `root ::= ${root}\n${shared}${this.#rules.join("\n")}\n`;
  }

  /** The name of a rule for this node. */
  #name(node: SchemaNode): string {
    if (node.kind === "any") return "value";
    if (node.kind === "number" || node.kind === "boolean" || node.kind === "null") return node.kind;
    if (node.kind === "string" && node.format === null && node.minLength === 0 && node.maxLength === null) return "string";
    if (node.kind === "ref") return this.#reference(node.pointer);
    return this.#rule(this.#expression(node));
  }

  #rule(expression: string, name = this.#newName()): string {
    this.#rules.push(`${name} ::= ${expression}`);
    return name;
  }

  #newName(): string {
    return `r${this.#count++}`;
  }

  #reference(pointer: string): string {
    const known = this.#references.get(pointer);
    if (known !== undefined) return known;
    const name = this.#newName();
    // Known before its rule is written: it may refer to itself.
    this.#references.set(pointer, name);
    this.#rule(this.#name(this.#tree.definitions.get(pointer) ?? { kind: "any" }), name);
    return name;
  }

  #expression(node: Exclude<SchemaNode, { kind: "any" | "ref" | "number" | "boolean" | "null" }>): string {
    switch (node.kind) {
      case "literal":
        return oneOfTexts(node.values);
      case "string":
        return `"\\"" ${node.format === null ? `char${bounds(node.minLength, node.maxLength)}` : formats[node.format]} "\\""`;
      case "integer":
        return integerRange(node.minimum, node.maximum);
      case "object":
        return this.#object(node.properties);
      case "map":
        return this.#list("{", `string ":" space ${this.#name(node.values)}`, "}", 0, null);
      case "array":
        return this.#array(node);
      case "union":
        return node.nodes.map((one) => this.#name(one)).join(" | ");
    }
  }

  /** Properties in the order of the schema; a rule for what may follow each, with and without one written before it. */
  #object(properties: readonly Property[]): string {
    let rest = '""';
    let first = '""';
    for (const { key, node, required } of [...properties].reverse()) {
      const pair = this.#rule(`${quote(JSON.stringify(key))} ":" space ${this.#name(node)}`);
      const [after, skipped] = [rest, first];
      first = this.#rule(required ? `${pair} ${after}` : `${pair} ${after} | ${skipped}`);
      rest = this.#rule(required ? `"," space ${pair} ${after}` : `"," space ${pair} ${after} | ${after}`);
    }
    return `"{" space ${first} space "}"`;
  }

  #array({ prefix, items, minItems, maxItems }: Extract<SchemaNode, { kind: "array" }>): string {
    const names = prefix.map((node) => this.#name(node));
    if (names.length === 0) {
      return items === null ? '"[" space "]"' : this.#list("[", this.#name(items), "]", minItems, maxItems);
    }
    const head = names.join(' "," space ');
    if (items === null) return `"[" space ${head} space "]"`;
    const next = this.#rule(`"," space ${this.#name(items)}`);
    const most = maxItems === null ? null : maxItems - names.length;
    return `"[" space ${head} ${next}${bounds(minItems - names.length, most)} space "]"`;
  }

  #list(open: string, item: string, close: string, least: number, most: number | null): string {
    if (most === 0) return `"${open}" space "${close}"`;
    const one = this.#rule(item);
    const next = this.#rule(`"," space ${one}`);
    const filled = `${one} ${next}${bounds(Math.max(least - 1, 0), most === null ? null : most - 1)}`;
    return `"${open}" space ${least === 0 ? `(${filled} space)?` : `${filled} space`} "${close}"`;
  }
}

function bounds(least: number, most: number | null): string {
  if (most === null) return least === 0 ? "*" : `{${least},}`;
  return `{${least},${most}}`;
}
