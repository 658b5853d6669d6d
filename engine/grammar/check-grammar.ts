/** Bounds that llama.cpp has (its MAX_REPETITION_THRESHOLD), and ours for the depth of its recursion and the size of its tables. */
const maxRepeatedRules = 2_000;
const maxNesting = 200;
const maxRules = 20_000;
const maxChars = 1_000_000;

/** One alternative: the rules it refers to, by name; a character or token is null. */
type Sequence = (string | null)[];

/**
 * Says what is wrong with a grammar, null where llama.cpp takes it. llama.cpp parses grammars on the thread that decodes, and
 * what it throws there ends the whole process; so every grammar, also one that it has written itself, passes here first. This
 * follows llama-grammar.cpp: syntax, defined rules, its bound on repetitions, and no rule that begins with itself.
 */
export function checkGrammar(text: string): string | null {
  if (text.length > maxChars) return `the grammar has more than ${maxChars} characters`;
  try {
    const rules = new GrammarParser(text).parse();
    return undefinedRule(rules) ?? leftRecursion(rules);
  } catch (error) {
    if (error instanceof GrammarFault) return error.message;
    throw error;
  }
}

class GrammarFault extends Error {}

class GrammarParser {
  readonly #text: string;
  #at = 0;
  #synthesized = 0;
  readonly #rules = new Map<string, Sequence[]>();
  /** Names seen, made-up ones included: llama.cpp's bound counts those that a group has added. */
  readonly #symbols = new Set<string>();

  constructor(text: string) {
    this.#text = text;
  }

  parse(): Map<string, Sequence[]> {
    this.#space(true);
    while (this.#at < this.#text.length) this.#rule();
    return this.#rules;
  }

  #rule(): void {
    const name = this.#name();
    this.#symbols.add(name);
    this.#space(false);
    this.#expect("::=");
    this.#space(true);
    this.#define(name, this.#alternates(name, 0));
    if (this.#at < this.#text.length && !/[\r\n]/.test(this.#peek())) throw this.#fault("a newline");
    this.#space(true);
  }

  #define(name: string, sequences: Sequence[]): void {
    this.#rules.set(name, sequences);
    if (this.#rules.size > maxRules) throw new GrammarFault(`the grammar has more than ${maxRules} rules`);
  }

  #alternates(rule: string, nesting: number): Sequence[] {
    if (nesting > maxNesting) throw new GrammarFault(`the grammar is nested more than ${maxNesting} deep`);
    const sequences = [this.#sequence(rule, nesting)];
    while (this.#peek() === "|") {
      this.#at++;
      this.#space(true);
      sequences.push(this.#sequence(rule, nesting));
    }
    return sequences;
  }

  #sequence(rule: string, nesting: number): Sequence {
    const sequence: Sequence = [];
    let item: Sequence | null = null;
    let repeated = 1;
    for (;;) {
      const symbols = this.#symbols.size;
      const isGroup = this.#peek() === "(";
      const next = this.#item(rule, nesting);
      if (next !== null) {
        sequence.push(...next);
        item = next;
        repeated = isGroup ? Math.max(1, this.#symbols.size - symbols) : 1;
      } else if (/[*+?{]/.test(this.#peek())) {
        if (item === null || item.length === 0) throw this.#fault("something before a repetition");
        repeated *= this.#repetition(rule, sequence, item, repeated);
      } else {
        return sequence;
      }
      this.#space(nesting > 0);
    }
  }

  /** Null where none begins here. Empty for the empty literal. */
  #item(rule: string, nesting: number): Sequence | null {
    const char = this.#peek();
    if (char === '"') return this.#literal();
    if (char === "[") return this.#charClass();
    if (char === "." && ++this.#at) return [null];
    if (char === "<" || char === "!") return this.#token();
    if (/[a-zA-Z0-9-]/.test(char)) {
      const name = this.#name();
      this.#symbols.add(name);
      return [name];
    }
    return char === "(" ? this.#group(rule, nesting) : null;
  }

  #group(rule: string, nesting: number): Sequence {
    this.#at++;
    this.#space(true);
    const name = this.#synthesize(rule);
    this.#define(name, this.#alternates(rule, nesting + 1));
    this.#expect(")");
    return [name];
  }

  #literal(): Sequence {
    const chars: Sequence = [];
    this.#at++;
    while (this.#peek() !== '"') {
      this.#char();
      chars.push(null);
    }
    this.#at++;
    return chars;
  }

  #charClass(): Sequence {
    this.#at++;
    if (this.#peek() === "^") this.#at++;
    let isEmpty = true;
    while (this.#peek() !== "]") {
      this.#char();
      isEmpty = false;
      if (this.#peek() === "-" && this.#text[this.#at + 1] !== "]") {
        this.#at++;
        this.#char();
      }
    }
    this.#at++;
    if (isEmpty) throw this.#fault("a character in the brackets");
    return [null];
  }

  /** Only `<[id]>`: what `<name>` means is known to the tokenizer alone. */
  #token(): Sequence {
    const match = /^!?<\[\d{1,9}\]>/.exec(this.#text.slice(this.#at, this.#at + 20));
    if (!match) throw this.#fault("a token as <[id]>");
    this.#at += match[0].length;
    return [null];
  }

  #char(): void {
    const rest = this.#text.slice(this.#at, this.#at + 12);
    const match = /^(?:\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[trn\\"[\]])|[^\\])/u.exec(rest);
    if (!match) throw this.#fault(rest === "" ? "more than the end" : "an escape that is known");
    this.#at += match[0].length;
  }

  /** Gives by how much the repeated item counts from here. */
  #repetition(rule: string, sequence: Sequence, item: Sequence, repeated: number): number {
    const rest = this.#text.slice(this.#at, this.#at + 60);
    const match = /^(?:[*+?]|\{[ \t]*(\d{1,9})[ \t]*(?:(,)[ \t]*(\d{1,9})?[ \t]*)?\})/.exec(rest);
    if (!match) throw this.#fault("a repetition as {m,n}");
    this.#at += match[0].length;
    const [least, most] = timesOf(match);
    const total = most !== null && most > 0 ? most : Math.max(least, 1);
    if (least > maxRepeatedRules || (most ?? 0) > maxRepeatedRules || repeated * total >= maxRepeatedRules) {
      throw new GrammarFault(`a repetition in the rule ${rule} is too large`);
    }
    if (most !== null && most < least) throw new GrammarFault(`a repetition in the rule ${rule} ends before it begins`);
    // Only what may stand at the beginning matters: the item, or nothing, or (unbounded) the item before the rule itself.
    const name = this.#synthesize(rule);
    for (let more = 1; more < Math.min(most ?? 1, maxRepeatedRules) - least; more++) this.#synthesize(rule);
    this.#define(name, most === null ? [[...item, name], []] : [[...item], []]);
    if (least === 0) sequence.splice(sequence.length - item.length, item.length, name);
    else sequence.push(name);
    return total;
  }

  #synthesize(rule: string): string {
    const name = `${rule}_${this.#synthesized++}`;
    this.#symbols.add(name);
    return name;
  }

  #name(): string {
    const match = /^[a-zA-Z0-9-]+/.exec(this.#text.slice(this.#at, this.#at + 1_000));
    if (!match) throw this.#fault("a name");
    this.#at += match[0].length;
    return match[0];
  }

  #space(newlines: boolean): void {
    const blank = newlines ? /(?:[ \t\r\n]|#[^\r\n]*)*/y : /(?:[ \t]|#[^\r\n]*)*/y;
    blank.lastIndex = this.#at;
    this.#at += blank.exec(this.#text)?.[0].length ?? 0;
  }

  #peek(): string {
    return this.#text[this.#at] ?? "";
  }

  #expect(text: string): void {
    if (!this.#text.startsWith(text, this.#at)) throw this.#fault(text);
    this.#at += text.length;
  }

  #fault(expected: string): GrammarFault {
    return new GrammarFault(`expected ${expected} at ${JSON.stringify(this.#text.slice(this.#at, this.#at + 40))}`);
  }
}

function timesOf(match: RegExpExecArray): [number, number | null] {
  const [sign = "", least, comma, most] = match;
  if (sign === "*") return [0, null];
  if (sign === "+") return [1, null];
  if (sign === "?") return [0, 1];
  if (comma === undefined) return [Number(least), Number(least)];
  return [Number(least), most === undefined ? null : Number(most)];
}

function undefinedRule(rules: Map<string, Sequence[]>): string | null {
  if (!rules.has("root")) return "the grammar has no rule root";
  for (const sequences of rules.values()) {
    const missing = sequences.flat().find((name) => name !== null && !rules.has(name));
    if (missing) return `the rule ${missing} is not defined`;
  }
  return null;
}

/** The name of a rule that can come back to itself without a character in between; llama.cpp would never end. */
function leftRecursion(rules: Map<string, Sequence[]>): string | null {
  const nullable = nullableRules(rules);
  const state = new Map<string, "open" | "done">();
  const visit = (name: string, depth: number): boolean => {
    if (depth > maxRules || state.get(name) === "open") return true;
    if (state.get(name) === "done") return false;
    state.set(name, "open");
    for (const sequence of rules.get(name) ?? []) {
      for (const part of sequence) {
        if (part === null) break;
        if (visit(part, depth + 1)) return true;
        if (!nullable.has(part)) break;
      }
    }
    state.set(name, "done");
    return false;
  };
  for (const name of rules.keys()) if (visit(name, 0)) return `the rule ${name} begins with itself`;
  return null;
}

function nullableRules(rules: Map<string, Sequence[]>): Set<string> {
  const nullable = new Set<string>();
  for (let grew = true; grew; ) {
    grew = false;
    for (const [name, sequences] of rules) {
      if (nullable.has(name)) continue;
      if (!sequences.some((sequence) => sequence.every((part) => part !== null && nullable.has(part)))) continue;
      nullable.add(name);
      grew = true;
    }
  }
  return nullable;
}
