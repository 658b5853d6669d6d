import { STATUS_CODES } from "node:http";

/** What a response needs of its connection. */
export interface ResponseTarget {
  /** False where the other side should be waited for; `onDrain` tells when. */
  write(text: string): boolean;
  readonly needsDrain: boolean;
  /** All of the response has been written. */
  onEnded(): void;
  /** Closes the connection at once. */
  destroy(): void;
}

export interface ResponseForm {
  /** To HEAD, an answer has no body. */
  bodyless: boolean;
  /** The client knows chunks; else its connection's end is that of the body. */
  chunks: boolean;
  /** The connection may be used again. */
  keepAlive: boolean;
}

/** How long an idle connection is kept, as clients are told. */
export const keepAliveSeconds = 65;

const forbidden = /[^\t\x20-\x7e]/;
const lastChunk = "0\r\n\r\n";

/** One answer: `writeHead`, then any number of `write`, then `end`. */
export class HttpResponse {
  readonly #target: ResponseTarget;
  readonly #form: ResponseForm;
  /** Goes out together with the first bytes of the body. */
  #head = "";
  #sized = false;
  #onClose: (() => void)[] = [];
  #onDrain: (() => void) | null = null;
  /** 0 before the head. */
  statusCode = 0;
  ended = false;
  /** All of it was handed to the system. */
  finished = false;
  /** Finished, or its connection is gone. */
  closed = false;

  constructor(target: ResponseTarget, form: ResponseForm) {
    this.#target = target;
    this.#form = form;
  }

  get headersSent(): boolean {
    return this.statusCode !== 0;
  }

  /** Whether the connection may carry another request after it. */
  get keepAlive(): boolean {
    return this.#form.keepAlive && (this.#form.chunks || this.#sized);
  }

  /** The client has not taken yet what was written. */
  get needsDrain(): boolean {
    return this.#target.needsDrain;
  }

  /**
   * Names and values in turn; throws where one would not stay one header. `lines` are whole header lines of ours, which nobody
   * has a part in and which say nothing of length or connection. Without a length the body goes out in chunks.
   */
  writeHead(status: number, headers: readonly string[], { lines = "", bodyBytes }: { lines?: string; bodyBytes?: number } = {}): void {
    this.statusCode = status;
    this.#sized = bodyBytes !== undefined;
    let head = statusLine(status) + lines;
    if (bodyBytes !== undefined) head += `content-length: ${bodyBytes}\r\n`;
    for (let index = 0; index < headers.length; index += 2) {
      const name = headers[index] as string;
      const value = headers[index + 1] as string;
      if (forbidden.test(value)) throw new Error(`the header ${name} holds characters that it must not`);
      if (name === "connection") this.#form.keepAlive &&= value !== "close";
      if (name !== "connection") head += `${name}: ${value}\r\n`;
    }
    if (!this.#sized && this.#form.chunks) head += "transfer-encoding: chunked\r\n";
    this.#head = head + lastLines(this.keepAlive);
  }

  /** Asks for the body of a client that waits to be asked (`Expect: 100-continue`). */
  writeContinue(): void {
    if (!this.headersSent && !this.closed) this.#target.write("HTTP/1.1 100 Continue\r\n\r\n");
  }

  /** False where the client should be waited for. */
  write(text: string): boolean {
    if (this.ended || this.closed) return true;
    return this.#target.write(this.#framed(text));
  }

  end(text = ""): void {
    if (this.ended || this.closed) return;
    this.ended = true;
    const inChunks = !this.#sized && this.#form.chunks && !this.#form.bodyless;
    const last = this.#framed(text) + (inChunks ? lastChunk : "");
    if (last !== "") this.#target.write(last);
    this.#target.onEnded();
  }

  /** Closes the connection at once. */
  destroy(): void {
    this.#target.destroy();
  }

  /** Called once, when the response has finished or its connection is gone; at once where that has been. */
  onClose(callback: () => void): void {
    if (this.closed) callback();
    else this.#onClose.push(callback);
  }

  /** Called each time when the client has taken what it was waited for. */
  onDrain(callback: () => void): void {
    this.#onDrain = callback;
  }

  /** For the connection. */
  drained(): void {
    if (!this.ended) this.#onDrain?.();
  }

  /** For the connection. */
  close(finished: boolean): void {
    if (this.closed) return;
    this.closed = true;
    this.finished = finished;
    for (const callback of this.#onClose) callback();
    this.#onClose = [];
  }

  #framed(text: string): string {
    const head = this.#head;
    this.#head = "";
    if (text === "" || this.#form.bodyless) return head;
    if (this.#sized || !this.#form.chunks) return head + text;
    return `${head}${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
  }
}

const statusLines = new Map<number, string>();

function statusLine(status: number): string {
  let line = statusLines.get(status);
  if (line === undefined) {
    line = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\n`;
    statusLines.set(status, line);
  }
  return line;
}

let dateSecond = 0;
let lastKept = "";
let lastClosed = "";

/** Time and connection, with what ends the head: the same for a whole second, as `Date` has no more. */
function lastLines(keepAlive: boolean): string {
  const second = Math.floor(Date.now() / 1_000);
  if (second !== dateSecond) {
    dateSecond = second;
    const date = `date: ${new Date(second * 1_000).toUTCString()}\r\n`;
    lastKept = `${date}connection: keep-alive\r\nkeep-alive: timeout=${keepAliveSeconds}\r\n\r\n`;
    lastClosed = `${date}connection: close\r\n\r\n`;
  }
  return keepAlive ? lastKept : lastClosed;
}
