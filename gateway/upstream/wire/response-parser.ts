import type { IncomingHttpHeaders } from "node:http";

/** Hears of one HTTP/1.1 response, in order: head, pieces of the body, end. */
export interface ResponseSink {
  onHead(status: number, headers: IncomingHttpHeaders): void;
  onBody(piece: Buffer): void;
  /** `reusable` tells whether the connection may carry another request. */
  onEnd(reusable: boolean): void;
}

const maxHeadBytes = 64 * 1024;
const maxChunkLineBytes = 4 * 1024;
const headEnd = Buffer.from("\r\n\r\n");
/** No controls: a lone CR or LF must not begin a line that another reader sees. */
const headerLine = /^[\t\x20-\x7e\x80-\xff]*$/;
const headerName = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;
const empty = Buffer.alloc(0);

type State = "head" | "sized" | "until_close" | "chunk_size" | "chunk" | "chunk_end" | "trailer" | "done";

/**
 * Reads HTTP/1.1 responses out of bytes that arrive in any cut (RFC 9112). What is ambiguous is an error, never a guess:
 * two lengths, a length beside chunks, folded or malformed header lines, bytes after the end.
 */
export class ResponseParser {
  readonly #sink: ResponseSink;
  #state: State = "head";
  /** Bytes of a head or of a chunk's line that is not whole yet. */
  #kept: Buffer = empty;
  /** Bytes of the body, or of the chunk, that are still to come. */
  #left = 0;
  #keepAlive = true;

  constructor(sink: ResponseSink) {
    this.#sink = sink;
  }

  /** Ready for the next response on the same connection. */
  reset(): void {
    this.#state = "head";
    this.#kept = empty;
    this.#keepAlive = true;
  }

  /** Throws an Error on bytes that are no such response. */
  push(bytes: Buffer): void {
    let rest: Buffer = this.#kept.length === 0 ? bytes : Buffer.concat([this.#kept, bytes]);
    this.#kept = empty;
    while (rest.length > 0) {
      const used = this.#step(rest);
      if (used === 0) {
        // Copied: a slice would keep the whole packet's memory.
        this.#kept = Buffer.from(rest);
        return;
      }
      rest = used === rest.length ? empty : rest.subarray(used);
    }
  }

  /** The other side has closed. Returns whether that was the end of a response whose length was told by nothing else. */
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
        this.#sink.onBody(bytes);
        return bytes.length;
      case "sized":
      case "chunk":
        return this.#body(bytes);
      case "chunk_size":
      case "chunk_end":
      case "trailer":
        return this.#line(bytes);
      default:
        throw new Error("bytes after the end of the response");
    }
  }

  #body(bytes: Buffer): number {
    const take = Math.min(this.#left, bytes.length);
    this.#left -= take;
    const whole = this.#left === 0;
    const last = whole && this.#state === "sized";
    if (whole && !last) this.#state = "chunk_end";
    this.#sink.onBody(take === bytes.length ? bytes : bytes.subarray(0, take));
    if (last) this.#end(this.#keepAlive && take === bytes.length);
    return take;
  }

  #line(bytes: Buffer): number {
    const end = bytes.indexOf(0x0a);
    if (end === -1) {
      if (bytes.length > maxChunkLineBytes) throw new Error("chunk line too long");
      return 0;
    }
    if (end === 0 || bytes[end - 1] !== 0x0d) throw new Error("chunk line without CR LF");
    const line = bytes.toString("latin1", 0, end - 1);
    if (this.#state === "chunk_size") this.#chunkSize(line);
    else if (this.#state === "trailer") this.#trailer(line, end + 1 === bytes.length);
    else if (line === "") this.#state = "chunk_size";
    else throw new Error("chunk longer than told");
    return end + 1;
  }

  #chunkSize(line: string): void {
    const size = /^([0-9a-fA-F]{1,12})[ \t]*(?:;.*)?$/.exec(line)?.[1];
    if (size === undefined) throw new Error("malformed chunk size");
    this.#left = Number.parseInt(size, 16);
    this.#state = this.#left === 0 ? "trailer" : "chunk";
  }

  #trailer(line: string, nothingFollows: boolean): void {
    if (line === "") this.#end(this.#keepAlive && nothingFollows);
    else readHeaders([line]);
  }

  #head(bytes: Buffer): number {
    const end = bytes.indexOf(headEnd);
    if (end > maxHeadBytes || (end === -1 && bytes.length > maxHeadBytes)) throw new Error("response headers too long");
    if (end === -1) return 0;
    const [statusLine = "", ...lines] = bytes.toString("latin1", 0, end).split("\r\n");
    const status = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: .*)?$/.exec(statusLine);
    if (!status) throw new Error("malformed status line");
    const code = Number(status[2]);
    if (code === 101) throw new Error("unasked protocol change");
    if (code < 200) return end + headEnd.length;
    const headers = readHeaders(lines);
    const connection = headers.connection?.toLowerCase() ?? "";
    this.#keepAlive = status[1] === "1" ? !connection.includes("close") : connection.includes("keep-alive");
    this.#begin(code, headers, end + headEnd.length === bytes.length);
    return end + headEnd.length;
  }

  #begin(code: number, headers: IncomingHttpHeaders, nothingFollows: boolean): void {
    const coding = headers["transfer-encoding"];
    const length = headers["content-length"];
    if (coding !== undefined && (length !== undefined || coding.toLowerCase() !== "chunked")) throw new Error("ambiguous length");
    if (length !== undefined && !/^\d{1,15}$/.test(length)) throw new Error("malformed content-length");
    const none = code === 204 || code === 304 || (length !== undefined && Number(length) === 0);
    this.#left = Number(length ?? 0);
    if (coding !== undefined) this.#state = "chunk_size";
    else this.#state = length === undefined ? "until_close" : "sized";
    this.#sink.onHead(code, headers);
    if (none) this.#end(this.#keepAlive && nothingFollows);
  }

  #end(reusable: boolean): void {
    this.#state = "done";
    this.#sink.onEnd(reusable);
  }
}

function readHeaders(lines: string[]): IncomingHttpHeaders {
  const headers: Record<string, string> = Object.create(null);
  for (const line of lines) {
    const colon = line.indexOf(":");
    const name = line.slice(0, Math.max(0, colon)).toLowerCase();
    if (!headerName.test(name) || !headerLine.test(line)) throw new Error("malformed header line");
    const value = withoutBlanks(line, colon + 1);
    const before = headers[name];
    if (before === undefined) headers[name] = value;
    else if (name === "content-length" || name === "transfer-encoding") throw new Error(`two ${name} headers`);
    else headers[name] = `${before}, ${value}`;
  }
  return headers;
}

/** What stands from there on, without spaces and tabs around it. */
function withoutBlanks(line: string, from: number): string {
  let start = from;
  let end = line.length;
  while (start < end && isBlank(line.charCodeAt(start))) start++;
  while (end > start && isBlank(line.charCodeAt(end - 1))) end--;
  return line.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}
