import { open } from "node:fs/promises";

/** Bytes per element of the fixed-size GGUF value types, by type number (ggml's docs/gguf.md). */
const fixedSizes = new Map([
  [0, 1],
  [1, 1],
  [2, 2],
  [3, 2],
  [4, 4],
  [5, 4],
  [6, 4],
  [7, 1],
  [10, 8],
  [11, 8],
  [12, 8],
]);
const stringType = 8;
const arrayType = 9;
const int32Type = 5;
/** Vocabularies of 250,000 tokens with their merges need about 12 MB. */
const maxHeaderBytes = 64 * 1024 * 1024;

/** Token types as GGUF numbers them: only these two are control symbols. */
const unknownToken = 2;
const controlToken = 3;

export interface Vocabulary {
  /** Texts that the tokenizer turns into a control symbol wherever they stand, such as `<|im_end|>`; longest first. */
  controlTexts: string[];
  /** UTF-8 bytes of the longest token: a text of n bytes has at least n / longestBytes tokens. */
  longestBytes: number;
}

/** The file is not weights that llama.cpp could read. */
export class WeightsError extends Error {
  override name = "WeightsError";
}

/**
 * Reads the vocabulary from the header of a GGUF file, which the binding does not show. Throws {@link WeightsError} where the
 * file is missing, unreadable, or no GGUF.
 */
export async function readVocabulary(path: string): Promise<Vocabulary> {
  const header = await readHeader(path);
  let tokens: string[] = [];
  let types: number[] = [];
  try {
    const reader = new HeaderReader(header);
    reader.start();
    for (let left = reader.count; left > 0; left--) {
      const key = reader.text();
      const type = reader.uint32();
      if (key === "tokenizer.ggml.tokens") tokens = reader.array(type, stringType, () => reader.text());
      else if (key === "tokenizer.ggml.token_type") types = reader.array(type, int32Type, () => reader.uint32());
      else reader.skip(type);
    }
  } catch (error) {
    throw new WeightsError(`not a readable GGUF file: ${path}`, { cause: error });
  }
  const controlTexts = tokens.filter((text, id) => text !== "" && isControl(text, types[id]));
  return {
    controlTexts: controlTexts.sort((a, b) => b.length - a.length),
    longestBytes: tokens.reduce((longest, text) => Math.max(longest, Buffer.byteLength(text)), 1),
  };
}

/** llama.cpp also counts `<|…|>` as control where the file forgot to mark it. */
function isControl(text: string, type: number | undefined): boolean {
  return type === controlToken || type === unknownToken || /^<\|[^|]+\|>$/.test(text);
}

async function readHeader(path: string): Promise<Buffer> {
  const file = await open(path).catch((error: NodeJS.ErrnoException) => {
    const reason = error.code === "ENOENT" ? "weights file not found" : `weights file cannot be read (${error.code})`;
    throw new WeightsError(`${reason}: ${path}`, { cause: error });
  });
  try {
    const { size } = await file.stat();
    const buffer = Buffer.alloc(Math.min(size, maxHeaderBytes));
    const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
    return buffer.subarray(0, bytesRead);
  } catch (error) {
    throw new WeightsError(`weights file cannot be read: ${path}`, { cause: error });
  } finally {
    await file.close();
  }
}

/** Walks a GGUF header; Buffer's own range errors say where it ends too early. */
class HeaderReader {
  count = 0;
  #at = 0;
  readonly #bytes: Buffer;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  start(): void {
    const magic = this.#bytes.toString("latin1", 0, 4);
    const version = this.#bytes.readUInt32LE(4);
    if (magic !== "GGUF" || version < 2) throw new Error(`magic ${JSON.stringify(magic)}, version ${version}`);
    this.count = Number(this.#bytes.readBigUInt64LE(16));
    this.#at = 24;
  }

  uint32(): number {
    this.#at += 4;
    return this.#bytes.readUInt32LE(this.#at - 4);
  }

  text(): string {
    const start = this.#at + 8;
    const end = start + this.#length();
    if (end > this.#bytes.length) throw new Error("text beyond the header");
    this.#at = end;
    return this.#bytes.toString("utf8", start, end);
  }

  array<Item>(type: number, itemType: number, read: () => Item): Item[] {
    if (type !== arrayType || this.uint32() !== itemType) throw new Error("vocabulary of an unexpected type");
    const items: Item[] = [];
    for (let left = this.#length(); left > 0; left--) items.push(read());
    return items;
  }

  skip(type: number): void {
    const size = fixedSizes.get(type);
    if (size !== undefined) this.#at += size;
    else if (type === stringType) this.text();
    else if (type === arrayType) this.#skipArray();
    else throw new Error(`unknown value type ${type}`);
  }

  #skipArray(): void {
    const itemType = this.uint32();
    const length = this.#length();
    const size = fixedSizes.get(itemType);
    if (size !== undefined) this.#at += size * length;
    else for (let left = length; left > 0; left--) this.skip(itemType);
  }

  #length(): number {
    const value = Number(this.#bytes.readBigUInt64LE(this.#at));
    this.#at += 8;
    return value;
  }
}
