import { SchemaError, type SchemaNode, type SchemaTree } from "./schema-node.ts";

/** Readings of one text that llama.cpp may have to follow side by side; each costs time at every token. */
const maxReadings = 64;

/**
 * Refuses schemas of which the beginning of a text can be read in too many ways at once, as with alternatives that begin alike
 * inside of alternatives that begin alike: their number grows as a power, and would stop every other answer of the instance.
 * Throws {@link SchemaError}.
 */
export function refuseAmbiguous(tree: SchemaTree): void {
  const counter = new ReadingCounter(tree);
  if (counter.readings(tree.root) > maxReadings) {
    throw new SchemaError("too many alternatives of anyOf, oneOf or type begin alike; give them a shape that tells them apart sooner");
  }
}

class ReadingCounter {
  readonly #tree: SchemaTree;
  readonly #known = new Map<string, number>();
  /** References being followed, with how many choices between alike alternatives were open at each. */
  readonly #open = new Map<string, number>();
  #alikeChoices = 0;

  constructor(tree: SchemaTree) {
    this.#tree = tree;
  }

  /** In how many ways a beginning of this node's text can be read, at most. */
  readings(node: SchemaNode): number {
    switch (node.kind) {
      case "object":
        return Math.max(1, ...node.properties.map((property) => this.readings(property.node)));
      case "map":
        return this.readings(node.values);
      case "array":
        return Math.max(1, ...[...node.prefix, ...(node.items ? [node.items] : [])].map((one) => this.readings(one)));
      case "union":
        return this.#union(node.nodes);
      case "ref":
        return this.#reference(node.pointer);
      default:
        return 1;
    }
  }

  #union(nodes: readonly SchemaNode[]): number {
    const firsts = nodes.map((node) => this.#firstChars(node, new Set()));
    let most = 1;
    for (const char of '{["0tfn') {
      const alike = nodes.filter((_node, index) => firsts[index]?.includes(char));
      if (alike.length > 1) this.#alikeChoices++;
      most = Math.max(
        most,
        alike.reduce((sum, node) => sum + this.readings(node), 0),
      );
      if (alike.length > 1) this.#alikeChoices--;
    }
    return most;
  }

  #reference(pointer: string): number {
    const choicesThen = this.#open.get(pointer);
    if (choicesThen !== undefined) {
      if (this.#alikeChoices === choicesThen) return 1;
      throw new SchemaError(`${pointer} refers to itself through alternatives that begin alike, which is not supported`);
    }
    const known = this.#known.get(pointer);
    if (known !== undefined) return known;
    this.#open.set(pointer, this.#alikeChoices);
    const count = this.readings(this.#tree.definitions.get(pointer) ?? { kind: "any" });
    this.#open.delete(pointer);
    this.#known.set(pointer, count);
    return count;
  }

  /** The characters that a text of this node may begin with, one for each kind of JSON value. */
  #firstChars(node: SchemaNode, seen: Set<string>): string {
    switch (node.kind) {
      case "any":
        return '{["0tfn';
      case "literal":
        return node.values.map((value) => (/^[-\d]/.test(value) ? "0" : value[0])).join("");
      case "string":
        return '"';
      case "number":
      case "integer":
        return "0";
      case "boolean":
        return "tf";
      case "null":
        return "n";
      case "array":
        return "[";
      case "object":
      case "map":
        return "{";
      case "union":
        return node.nodes.map((one) => this.#firstChars(one, seen)).join("");
      case "ref": {
        if (seen.has(node.pointer)) return "";
        return this.#firstChars(this.#tree.definitions.get(node.pointer) ?? { kind: "any" }, new Set([...seen, node.pointer]));
      }
    }
  }
}
