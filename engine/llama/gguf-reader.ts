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
const integerTypes = [4, 5];

/** Walks the header of a GGUF file. Throws where it ends too early (Buffer's own range errors) or holds what GGUF does not. */
export class GgufReader {
  readonly tensors: number;
  readonly entries: number;
  #at = 24;
  readonly #bytes: Buffer;

  constructor(bytes: Buffer) {
    const magic = bytes.toString("latin1", 0, 4);
    const version = bytes.readUInt32LE(4);
    if (magic !== "GGUF" || version < 2) throw new Error(`magic ${JSON.stringify(magic)}, version ${version}`);
    this.#bytes = bytes;
    this.tensors = Number(bytes.readBigUInt64LE(8));
    this.entries = Number(bytes.readBigUInt64LE(16));
  }

  /** Bytes read so far. */
  get position(): number {
    return this.#at;
  }

  uint32(): number {
    this.#at += 4;
    return this.#bytes.readUInt32LE(this.#at - 4);
  }

  uint64(): number {
    this.#at += 8;
    return Number(this.#bytes.readBigUInt64LE(this.#at - 8));
  }

  text(): string {
    const end = this.uint64() + this.#at;
    if (end > this.#bytes.length) throw new Error("text beyond the header");
    const text = this.#bytes.toString("utf8", this.#at, end);
    this.#at = end;
    return text;
  }

  /** An entry's value that must be an array of strings. */
  texts(type: number): string[] {
    if (type !== arrayType || this.uint32() !== stringType) throw new Error("not an array of strings");
    return Array.from({ length: this.#count() }, () => this.text());
  }

  /** An entry's value that must be an array of 32-bit integers. */
  integers(type: number): number[] {
    if (type !== arrayType || !integerTypes.includes(this.uint32())) throw new Error("not an array of integers");
    return Array.from({ length: this.#count() }, () => this.uint32());
  }

  /** Passes over an entry's value. */
  skip(type: number): void {
    const size = fixedSizes.get(type);
    if (size !== undefined) this.#at += size;
    else if (type === stringType) this.text();
    else if (type === arrayType) this.#skipArray();
    else throw new Error(`unknown value type ${type}`);
  }

  #skipArray(): void {
    const itemType = this.uint32();
    const size = fixedSizes.get(itemType);
    if (size !== undefined) this.#at += size * this.uint64();
    else for (let left = this.#count(); left > 0; left--) this.skip(itemType);
  }

  /** A number of elements, each of at least a byte: a broken one must not ask for all the memory there is. */
  #count(): number {
    const count = this.uint64();
    if (count > this.#bytes.length) throw new Error("array beyond the header");
    return count;
  }
}
