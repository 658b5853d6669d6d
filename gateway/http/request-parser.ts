import { type Fields, type Framing, framingOf, MalformedMessage, readFields } from "./fields.ts";
import { MessageParser } from "./message-parser.ts";

/** The head of a request, but for the length of its body. */
export interface RequestHead {
  method: string;
  /** As it stands in the request line. */
  target: string;
  minorVersion: 0 | 1;
  fields: Fields;
  /** The client may send another request on the connection. */
  keepAlive: boolean;
  /** What was found out of it: see `HeadNote`. */
  notes: unknown[];
}

/** Hears of requests, one after the other: head, pieces of the body, end. */
export interface RequestSink {
  /** One and the same head for requests that differ in their length alone, which is `bodyBytes`; null where it is not told. */
  onHead(head: RequestHead, bodyBytes: number | null): void;
  onBody(piece: Buffer): void;
  onEnd(): void;
}

/** As Node's own server has it. */
const maxHeadBytes = 16 * 1024;
const requestLine = /^([!#$%&'*+.^_`|~0-9A-Za-z-]{1,32}) ([\x21-\x7e]+) HTTP\/1\.([01])$/;
const carriageReturn = 0x0d;
const lineFeed = 0x0a;

/** Reads requests; call `reset` after the end of each, and hand in what `push` returned. */
export class RequestParser extends MessageParser {
  readonly #sink: RequestSink;
  #read: RequestHead | null = null;

  constructor(sink: RequestSink) {
    super(maxHeadBytes);
    this.#sink = sink;
  }

  protected override readHead(lines: string[]): Framing | "none" {
    const line = requestLine.exec(lines[0] as string);
    if (!line) throw new MalformedMessage("malformed request line");
    const [, method = "", target = "", minor] = line;
    const fields = readFields(lines, 1);
    const framing = framingOf(fields.values);
    const minorVersion = minor === "1" ? 1 : 0;
    if (framing === "chunked" && minorVersion === 0) throw new MalformedMessage("chunks in HTTP/1.0");
    const keepAlive = minorVersion === 1 && !fields.values.connection?.toLowerCase().includes("close");
    // It is told with each request, as it is not the head's.
    delete fields.values["content-length"];
    this.#read = { method, target, minorVersion, fields, keepAlive, notes: [] };
    return framing === "untold" ? "none" : framing;
  }

  protected override onHead(framing: Framing | "none"): void {
    if (this.#read) this.#sink.onHead(this.#read, typeof framing === "number" ? framing : null);
  }

  protected override onBody(piece: Buffer): void {
    this.#sink.onBody(piece);
  }

  protected override onEnd(): void {
    this.#sink.onEnd();
  }
}

/** Without the empty lines that some clients send after a body (RFC 9112, 2.2). */
export function withoutEmptyLines(bytes: Buffer): Buffer {
  let start = 0;
  while (bytes[start] === carriageReturn && bytes[start + 1] === lineFeed) start += 2;
  return start === 0 ? bytes : bytes.subarray(start);
}
