import { type Framing, MalformedMessage, readFields } from "./fields.ts";
import { KnownHead } from "./known-head.ts";

const maxChunkLineBytes = 4 * 1024;
const headEnd = Buffer.from("\r\n\r\n");
const empty: Buffer = Buffer.alloc(0);

type State = "head" | "sized" | "until_close" | "chunk_size" | "chunk" | "chunk_end" | "trailer" | "done";

/**
 * Reads one HTTP/1.1 message after the other out of bytes that arrive in any cut (RFC 9112). What is ambiguous is an error,
 * never a guess: two lengths, a length beside chunks, folded or malformed header lines.
 */
export abstract class MessageParser {
  readonly #maxHeadBytes: number;
  #state: State = "head";
  /** Bytes of a head or of a chunk's line that is not whole yet. */
  #kept = empty;
  /** Bytes of the body, or of the chunk, that are still to come. */
  #left = 0;
  /** The head that was read last. */
  #known: KnownHead | null = null;

  constructor(maxHeadBytes: number) {
    this.#maxHeadBytes = maxHeadBytes;
  }

  /**
   * The lines of a head, the first line first; what was read of it holds until the next. Returns what ends the body, `"none"`
   * where there is none, null where another head follows.
   */
  protected abstract readHead(lines: string[]): Framing | "none" | null;
  /** `framing` is this message's: the head may be one that was read for an earlier one of another length. */
  protected abstract onHead(framing: Framing | "none"): void;
  protected abstract onBody(piece: Buffer): void;
  /** `nothingFollows`: no byte came behind the message. */
  protected abstract onEnd(nothingFollows: boolean): void;

  /** Some bytes of a head have come, and not all. */
  get inHead(): boolean {
    return this.#state === "head" && this.#kept.length > 0;
  }

  /** Ready for the next message on the same connection. */
  reset(): void {
    this.#state = "head";
    this.#kept = empty;
  }

  /** Returns what follows the end of the message. Throws MalformedMessage. */
  push(bytes: Buffer): Buffer {
    let rest = this.#kept.length === 0 ? bytes : Buffer.concat([this.#kept, bytes]);
    this.#kept = empty;
    while (rest.length > 0 && this.#state !== "done") {
      const used = this.#step(rest);
      if (used === 0) {
        // Copied: a slice would keep the whole packet's memory.
        this.#kept = Buffer.from(rest);
        return empty;
      }
      rest = used === rest.length ? empty : rest.subarray(used);
    }
    return rest;
  }

  /** The other side has closed. Returns whether that was the end of a message whose length was told by nothing else. */
  close(): boolean {
    if (this.#state !== "until_close") return false;
    this.#end(false);
    return true;
  }

  /** Number of bytes taken; 0 asks for more. */
  #step(bytes: Buffer): number {
    switch (this.#state) {
      case "head":
        return this.#head(bytes);
      case "until_close":
        this.onBody(bytes);
        return bytes.length;
      case "sized":
      case "chunk":
        return this.#body(bytes);
      default:
        return this.#line(bytes);
    }
  }

  #head(bytes: Buffer): number {
    const known = this.#known;
    if (known?.begins(bytes)) {
      this.#begin(known.framing, known.bytes.length === bytes.length);
      return known.bytes.length;
    }
    const end = bytes.indexOf(headEnd);
    if (end > this.#maxHeadBytes || (end === -1 && bytes.length > this.#maxHeadBytes)) {
      throw new MalformedMessage("headers too long", "head_too_long");
    }
    if (end === -1) return 0;
    const used = end + headEnd.length;
    const framing = this.#framingOf(bytes.toString("latin1", 0, end), bytes.subarray(0, used));
    if (framing !== null) this.#begin(framing, used === bytes.length);
    return used;
  }

  /** What ends the body of the message with this head, as `readHead` tells it. */
  #framingOf(text: string, bytes: Buffer): Framing | "none" | null {
    const known = this.#known?.framingOf(text);
    if (known !== undefined) return known;
    // Not before it is known to be sound.
    this.#known = null;
    const framing = this.readHead(text.split("\r\n"));
    if (framing !== null) this.#known = new KnownHead(bytes, text, framing);
    return framing;
  }

  #begin(framing: Framing | "none", nothingFollows: boolean): void {
    const none = framing === "none" || framing === 0;
    this.#left = typeof framing === "number" ? framing : 0;
    if (framing === "chunked") this.#state = "chunk_size";
    else this.#state = framing === "untold" ? "until_close" : "sized";
    this.onHead(framing);
    if (none) this.#end(nothingFollows);
  }

  #body(bytes: Buffer): number {
    const take = Math.min(this.#left, bytes.length);
    this.#left -= take;
    const whole = this.#left === 0;
    const last = whole && this.#state === "sized";
    if (whole && !last) this.#state = "chunk_end";
    this.onBody(take === bytes.length ? bytes : bytes.subarray(0, take));
    if (last) this.#end(take === bytes.length);
    return take;
  }

  #line(bytes: Buffer): number {
    const end = bytes.indexOf(0x0a);
    if (end > maxChunkLineBytes || (end === -1 && bytes.length > maxChunkLineBytes)) {
      throw new MalformedMessage("chunk line too long", "chunk_line_too_long");
    }
    if (end === -1) return 0;
    if (end === 0 || bytes[end - 1] !== 0x0d) throw new MalformedMessage("chunk line without CR LF");
    const line = bytes.toString("latin1", 0, end - 1);
    if (this.#state === "chunk_size") this.#chunkSize(line);
    else if (this.#state === "trailer") this.#trailer(line, end + 1 === bytes.length);
    else if (line === "") this.#state = "chunk_size";
    else throw new MalformedMessage("chunk longer than told");
    return end + 1;
  }

  #chunkSize(line: string): void {
    const size = /^([0-9a-fA-F]{1,12})[ \t]*(?:;.*)?$/.exec(line)?.[1];
    if (size === undefined) throw new MalformedMessage("malformed chunk size");
    this.#left = Number.parseInt(size, 16);
    this.#state = this.#left === 0 ? "trailer" : "chunk";
  }

  #trailer(line: string, nothingFollows: boolean): void {
    if (line === "") this.#end(nothingFollows);
    else readFields([line]);
  }

  #end(nothingFollows: boolean): void {
    this.#state = "done";
    this.onEnd(nothingFollows);
  }
}
