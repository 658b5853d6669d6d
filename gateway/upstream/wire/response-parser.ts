import type { IncomingHttpHeaders } from "node:http";
import { type Framing, framingOf, MalformedMessage, readFields } from "../../http/fields.ts";
import { MessageParser } from "../../http/message-parser.ts";

/** Hears of one HTTP/1.1 response, in order: head, pieces of the body, end. */
export interface ResponseSink {
  onHead(status: number, headers: IncomingHttpHeaders): void;
  onBody(piece: Buffer): void;
  /** `reusable` tells whether the connection may carry another request. */
  onEnd(reusable: boolean): void;
}

const maxHeadBytes = 64 * 1024;

/** Reads responses, each of which ends before its connection is used again: bytes after the end are an error. */
export class ResponseParser extends MessageParser {
  readonly #sink: ResponseSink;
  #status = 0;
  #headers: IncomingHttpHeaders = {};
  #keepAlive = true;

  constructor(sink: ResponseSink) {
    super(maxHeadBytes);
    this.#sink = sink;
  }

  /** Throws MalformedMessage on bytes that are no such response. */
  override push(bytes: Buffer): Buffer {
    const rest = super.push(bytes);
    if (rest.length > 0) throw new MalformedMessage("bytes after the end of the response");
    return rest;
  }

  protected override readHead(lines: string[]): Framing | "none" | null {
    const status = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: .*)?$/.exec(lines[0] as string);
    if (!status) throw new MalformedMessage("malformed status line");
    const code = Number(status[2]);
    if (code === 101) throw new MalformedMessage("unasked protocol change");
    if (code < 200) return null;
    const { values } = readFields(lines, 1);
    const connection = values.connection?.toLowerCase() ?? "";
    this.#keepAlive = status[1] === "1" ? !connection.includes("close") : connection.includes("keep-alive");
    this.#status = code;
    this.#headers = values;
    const framing = framingOf(values);
    return code === 204 || code === 304 ? "none" : framing;
  }

  protected override onHead(): void {
    this.#sink.onHead(this.#status, this.#headers);
  }

  protected override onBody(piece: Buffer): void {
    this.#sink.onBody(piece);
  }

  protected override onEnd(nothingFollows: boolean): void {
    this.#sink.onEnd(this.#keepAlive && nothingFollows);
  }
}
