/** The header is longer than the bytes at hand: read more of the file and try again. */
export class HeaderCutShort extends Error {
  override name = "HeaderCutShort";
}

/** Not a GGUF file, or a broken one; the message says what is wrong. */
export class GgufError extends Error {
  override name = "GgufError";
}

export type GgufScalar = number | bigint | boolean | string;

const stringType = 8;
const arrayType = 9;
/** 32 bits, without a sign and with one. */
const integerTypes = [4, 5];
/** Readers of the fixed-size value types with their bytes, by type number (ggml's docs/gguf.md). */
const scalars = new Map<number, { size: number; read(view: DataView, at: number): GgufScalar }>([
  [0, { size: 1, read: (view, at) => view.getUint8(at) }],
  [1, { size: 1, read: (view, at) => view.getInt8(at) }],
  [2, { size: 2, read: (view, at) => view.getUint16(at, true) }],
  [3, { size: 2, read: (view, at) => view.getInt16(at, true) }],
  [4, { size: 4, read: (view, at) => view.getUint32(at, true) }],
  [5, { size: 4, read: (view, at) => view.getInt32(at, true) }],
  [6, { size: 4, read: (view, at) => view.getFloat32(at, true) }],
  [7, { size: 1, read: (view, at) => view.getUint8(at) !== 0 }],
  [10, { size: 8, read: (view, at) => view.getBigUint64(at, true) }],
  [11, { size: 8, read: (view, at) => view.getBigInt64(at, true) }],
  [12, { size: 8, read: (view, at) => view.getFloat64(at, true) }],
]);
/** No honest header has more of anything; a broken count must not keep the reader busy. */
const maxCount = 100_000_000;

/** Walks a GGUF header. Throws {@link HeaderCutShort} at the end of the bytes and {@link GgufError} for what GGUF does not have. */
export class GgufReader {
  readonly tensors: number;
  readonly entries: number;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const magic = this.#take(4);
    if (Buffer.from(magic).toString("latin1") !== "GGUF") throw new GgufError("it does not begin with the letters GGUF");
    const version = this.uint32();
    if (version !== 2 && version !== 3) throw new GgufError(`its GGUF version is ${version}; 2 and 3 can be read`);
    this.tensors = this.count();
    this.entries = this.count();
  }

  /** Bytes read so far. */
  get position(): number {
    return this.#at;
  }

  uint32(): number {
    return this.#view.getUint32(this.#skip(4), true);
  }

  /** A number that counts something. */
  count(): number {
    const count = this.#view.getBigUint64(this.#skip(8), true);
    if (count > maxCount) throw new GgufError("it is damaged: a count in its header is absurd");
    return Number(count);
  }

  uint64(): bigint {
    return this.#view.getBigUint64(this.#skip(8), true);
  }

  text(): string {
    return Buffer.from(this.#take(this.count())).toString("utf8");
  }

  /** An entry's value; null for an array, which is passed over. */
  value(type: number): GgufScalar | null {
    if (type === stringType) return this.text();
    if (type === arrayType) {
      this.#skipArray();
      return null;
    }
    const scalar = scalars.get(type);
    if (!scalar) throw new GgufError(`it is damaged: there is no value type ${type}`);
    return scalar.read(this.#view, this.#skip(scalar.size));
  }

  /** An entry's value that must be an array of texts. */
  texts(type: number): string[] {
    if (type !== arrayType || this.uint32() !== stringType) throw new GgufError("it is damaged: an entry that must be texts is none");
    const texts: string[] = [];
    for (let left = this.count(); left > 0; left--) texts.push(this.text());
    return texts;
  }

  /** An entry's value that must be an array of 32-bit integers. */
  integers(type: number): number[] {
    if (type !== arrayType || !integerTypes.includes(this.uint32())) {
      throw new GgufError("it is damaged: an entry that must be integers is none");
    }
    const integers: number[] = [];
    for (let left = this.count(); left > 0; left--) integers.push(this.uint32());
    return integers;
  }

  #skipArray(): void {
    const type = this.uint32();
    const count = this.count();
    const size = scalars.get(type)?.size;
    if (size !== undefined) this.#skip(size * count);
    else if (type === stringType) for (let left = count; left > 0; left--) this.#skip(this.count());
    else if (type === arrayType) for (let left = count; left > 0; left--) this.#skipArray();
    else throw new GgufError(`it is damaged: there is no value type ${type}`);
  }

  #take(size: number): Uint8Array {
    const start = this.#skip(size);
    return this.#bytes.subarray(start, start + size);
  }

  /** Where the passed bytes began. */
  #skip(size: number): number {
    const start = this.#at;
    if (start + size > this.#bytes.length) throw new HeaderCutShort();
    this.#at += size;
    return start;
  }
}
