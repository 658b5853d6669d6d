import type { Framing } from "./fields.ts";

const lengthField = /\r\ncontent-length:[ \t]*(\d{1,15})[ \t]*(?=\r\n|$)/di;
const digits = /^\d{1,15}$/;

/**
 * A head that has been read. On one connection the next one is mostly the same but for the length of its body, and then need
 * not be read again: everything else that was found out of it holds.
 */
export class KnownHead {
  /** All of it, the empty line at its end included. */
  readonly bytes: Buffer;
  readonly framing: Framing | "none";
  /** What stands around the digits of the length; null where there are none. */
  readonly #around: { before: string; after: string } | null;

  /** @param text of the bytes, without the empty line */
  constructor(bytes: Buffer, text: string, framing: Framing | "none") {
    // Copied: a slice would keep the whole packet's memory.
    this.bytes = Buffer.from(bytes);
    this.framing = framing;
    const at = typeof framing === "number" ? lengthField.exec(text)?.indices?.[1] : undefined;
    this.#around = at ? { before: text.slice(0, at[0]), after: text.slice(at[1]) } : null;
  }

  /** Whether these bytes begin with this head, to the letter. */
  begins(bytes: Buffer): boolean {
    const { length } = this.bytes;
    return bytes.length >= length && bytes.compare(this.bytes, 0, length, 0, length) === 0;
  }

  /** What ends the body of a message with a head that differs in its length alone; undefined for one that has to be read. */
  framingOf(text: string): Framing | "none" | undefined {
    if (this.#around === null) return undefined;
    const { before, after } = this.#around;
    if (text.length <= before.length + after.length || !text.startsWith(before) || !text.endsWith(after)) return undefined;
    const length = text.slice(before.length, text.length - after.length);
    return digits.test(length) ? Number(length) : undefined;
  }
}
