import { upstreamFailure } from "./failure.ts";

const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/**
 * Server-sent events out of bytes that arrive in any cut: a line is decoded only when it is whole, so a character
 * split between two packets is never seen in halves. Calls `onData` with the data of each event that has some.
 * Throws an UpstreamFailure (`upstream_invalid_response`) on a line over the cap and on bytes that are not UTF-8.
 */
export class SseReader {
  readonly #onData: (data: string) => void;
  readonly #maxLineBytes: number;
  readonly #decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  #pieces: Buffer[] = [];
  #pendingBytes = 0;
  /** Data lines of the event that is being read; null before the first. */
  #data: string | null = null;

  constructor(onData: (data: string) => void, maxLineBytes: number) {
    this.#onData = onData;
    this.#maxLineBytes = maxLineBytes;
  }

  push(chunk: Buffer): void {
    let start = 0;
    let end = chunk.indexOf(lineFeed);
    while (end !== -1) {
      this.#checkLength(end - start);
      this.#line(this.#join(chunk.subarray(start, end)));
      start = end + 1;
      end = chunk.indexOf(lineFeed, start);
    }
    if (start === chunk.length) return;
    this.#checkLength(chunk.length - start);
    // Copied: a slice would keep the whole packet's memory for as long as the line stays open.
    const rest = Buffer.from(chunk.subarray(start));
    this.#pieces.push(rest);
    this.#pendingBytes += rest.length;
  }

  #checkLength(more: number): void {
    const length = this.#pendingBytes + more;
    const total = length + (this.#data?.length ?? 0);
    if (total > this.#maxLineBytes) throw upstreamFailure("upstream_invalid_response", "other", new Error("event too long"));
  }

  #join(tail: Buffer): Buffer {
    if (this.#pieces.length === 0) return tail;
    const line = Buffer.concat([...this.#pieces, tail]);
    this.#pieces = [];
    this.#pendingBytes = 0;
    return line;
  }

  #line(bytes: Buffer): void {
    const length = bytes.at(-1) === carriageReturn ? bytes.length - 1 : bytes.length;
    if (length === 0) {
      this.#endEvent();
      return;
    }
    const line = this.#decode(length === bytes.length ? bytes : bytes.subarray(0, length));
    if (!line.startsWith("data:")) return;
    const value = line.slice(line.charCodeAt(5) === 0x20 ? 6 : 5);
    this.#data = this.#data === null ? value : `${this.#data}\n${value}`;
  }

  #decode(bytes: Buffer): string {
    try {
      return this.#decoder.decode(bytes);
    } catch (cause) {
      throw upstreamFailure("upstream_invalid_response", "other", cause);
    }
  }

  #endEvent(): void {
    const data = this.#data;
    this.#data = null;
    if (data) this.#onData(data);
  }
}
