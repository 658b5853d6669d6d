import { isUtf8 } from "node:buffer";
import { upstreamFailure } from "./failure.ts";

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const space = 0x20;

/**
 * Server-sent events out of bytes that arrive in any cut: a line is decoded only when it is whole, so a character
 * split between two packets is never seen in halves. The sink hears the data of each event that has some.
 * Throws an UpstreamFailure (`upstream_invalid_response`) on a line over the cap and on bytes that are not UTF-8.
 */
export class SseReader {
  readonly #sink: { data(text: string): void };
  readonly #maxLineBytes: number;
  #pieces: Buffer[] = [];
  #pendingBytes = 0;
  /** Data lines of the event that is being read; null before the first. */
  #data: string | null = null;

  constructor(sink: { data(text: string): void }, maxLineBytes: number) {
    this.#sink = sink;
    this.#maxLineBytes = maxLineBytes;
  }

  push(chunk: Buffer): void {
    const end = chunk.lastIndexOf(lineFeed);
    if (end !== -1) {
      if (this.#pendingBytes > 0) this.#checkLength(chunk.indexOf(lineFeed));
      this.#lines(this.#join(end === chunk.length - 1 && this.#pendingBytes === 0 ? chunk : chunk.subarray(0, end + 1)));
    }
    const rest = chunk.length - end - 1;
    if (rest === 0) return;
    this.#checkLength(rest);
    // Copied: a slice would keep the whole packet's memory for as long as the line stays open.
    this.#pieces.push(Buffer.from(chunk.subarray(end + 1)));
    this.#pendingBytes += rest;
  }

  #checkLength(more: number): void {
    const total = this.#pendingBytes + more + (this.#data?.length ?? 0);
    if (total > this.#maxLineBytes) throw upstreamFailure("upstream_invalid_response", "other", new Error("event too long"));
  }

  #join(tail: Buffer): Buffer {
    if (this.#pieces.length === 0) return tail;
    const joined = Buffer.concat([...this.#pieces, tail]);
    this.#pieces = [];
    this.#pendingBytes = 0;
    return joined;
  }

  /** Whole lines, decoded together: one by one they cost several times as much. */
  #lines(bytes: Buffer): void {
    let start = 0;
    if (isUtf8(bytes)) {
      const text = bytes.toString("utf8");
      for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", start)) {
        this.#line(text, start, end);
        start = end + 1;
        // The empty line after it, as most events have it.
        if (text.charCodeAt(start) !== lineFeed) continue;
        this.#endEvent();
        start++;
      }
      return;
    }
    // What stands before the bad line is still the answer's.
    for (let end = bytes.indexOf(lineFeed); end !== -1; end = bytes.indexOf(lineFeed, start)) {
      const line = bytes.subarray(start, end);
      if (!isUtf8(line)) throw upstreamFailure("upstream_invalid_response", "other", new Error("not UTF-8"));
      const text = line.toString("utf8");
      this.#line(text, 0, text.length);
      start = end + 1;
    }
  }

  #line(text: string, start: number, lineEnd: number): void {
    const end = lineEnd > start && text.charCodeAt(lineEnd - 1) === carriageReturn ? lineEnd - 1 : lineEnd;
    if (end === start) {
      this.#endEvent();
    } else if (text.startsWith("data:", start)) {
      const from = start + (text.charCodeAt(start + 5) === space ? 6 : 5);
      const value = text.slice(Math.min(from, end), end);
      if ((this.#data?.length ?? 0) + value.length > this.#maxLineBytes) this.#checkLength(value.length);
      this.#data = this.#data === null ? value : `${this.#data}\n${value}`;
    }
  }

  #endEvent(): void {
    const data = this.#data;
    this.#data = null;
    if (data) this.#sink.data(data);
  }
}
