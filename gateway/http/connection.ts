import type { Socket } from "node:net";
import { AppError } from "#lib/errors.ts";
import type { Placed } from "../dense-set.ts";
import { MalformedMessage } from "./fields.ts";
import { flushLate, type LateWriter } from "./late-writes.ts";
import { lateRequest, refusalOf, refusalText } from "./refusal.ts";
import { HttpRequest, type RequestSource } from "./request.ts";
import { type RequestHead, RequestParser, type RequestSink, withoutEmptyLines } from "./request-parser.ts";
import { HttpResponse, keepAliveSeconds, type ResponseTarget } from "./response.ts";

/** Times in milliseconds. */
export interface ConnectionLimits {
  /** From the first byte of a request, or the connection's begin, to the end of the head. */
  headersMs: number;
  /** From the first byte of a request to its last. */
  requestMs: number;
  /** How long the rest of a refused body is read and thrown away, so that the client sees the refusal. */
  lingerMs: number;
}

/** What becomes of what arrives. */
export interface ConnectionOwner {
  onRequest(request: HttpRequest, response: HttpResponse): void;
  /** Bytes that became no request were answered with that error; `reason` is for logs. */
  onRefused(error: AppError, reason: string): void;
  onGone(connection: ServerConnection): void;
}

/** A client may send its next request before it has its answer; beyond this it has to wait. */
const mostAhead = 64 * 1024;
/** Characters that wait for the end of a turn; beyond this its writer has to. */
const mostLate = 64 * 1024;
const empty: Buffer = Buffer.alloc(0);

/**
 * What happens on a connection: `idle` between requests; `arriving` while one is read; `answering` from its last byte to the
 * end of its answer; `lingering` where its answer came first; `closing` after the last answer.
 */
type Phase = "idle" | "arriving" | "answering" | "lingering" | "closing";

/** One client's connection: its requests, one after the other. */
export class ServerConnection implements Placed, LateWriter, RequestSink, RequestSource, ResponseTarget {
  /** Its owner's set's. */
  place = 0;
  readonly #socket: Socket;
  readonly #limits: ConnectionLimits;
  readonly #owner: ConnectionOwner;
  readonly #parser = new RequestParser(this);
  #phase: Phase = "arriving";
  /** When what its limit counts from was seen first by a tick, on the ticks' clock; null before. */
  #sinceMs: number | null = null;
  #request: HttpRequest | null = null;
  #response: HttpResponse | null = null;
  /** The request has not been handed over yet. */
  #isNew = false;
  /** Bytes of requests to come. */
  #ahead = empty;
  /** Text that is written at the end of this turn. */
  #late = "";
  /** Somebody was told to wait. */
  #awaited = false;

  constructor(socket: Socket, limits: ConnectionLimits, owner: ConnectionOwner) {
    this.#socket = socket;
    this.#limits = limits;
    this.#owner = owner;
    socket
      .on("data", (bytes: Buffer) => this.#onData(bytes))
      .on("drain", () => this.#onDrain())
      .on("end", () => this.#onClientEnd())
      // What there is to do is done at the close, which follows.
      .on("error", () => {})
      .on("close", () => this.#onGone());
  }

  get remoteAddress(): string {
    return this.#socket.remoteAddress ?? "";
  }

  get needsDrain(): boolean {
    return this.#socket.writableNeedDrain || this.#late.length > mostLate;
  }

  /**
   * Does what is due at that moment of the monotonic clock. Times count from one tick to another, so that a request need not look
   * at the clock for times that hardly any reaches: a limit is passed by up to two ticks.
   */
  tick(nowMs: number): void {
    this.#sinceMs ??= nowMs;
    if (nowMs - this.#sinceMs < this.#limitMs()) return;
    if (this.#phase === "arriving" && (this.#request || this.#parser.inHead)) this.#refuse(lateRequest(), "late");
    else if (this.#phase !== "answering") this.destroy();
  }

  /** How long it may be as it is. */
  #limitMs(): number {
    const { headersMs, requestMs, lingerMs } = this.#limits;
    switch (this.#phase) {
      case "idle":
        return keepAliveSeconds * 1_000;
      case "arriving":
        return this.#request ? requestMs : headersMs;
      case "answering":
        return Number.POSITIVE_INFINITY;
      default:
        return lingerMs;
    }
  }

  #enter(phase: Phase): void {
    this.#phase = phase;
    this.#sinceMs = null;
  }

  /** Closes it where no request is on it. */
  closeIdle(): void {
    if (this.#request === null) this.destroy();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    if (this.#socket.isPaused()) this.#socket.resume();
  }

  write(text: string): boolean {
    if (this.#late === "") flushLate(this);
    this.#late += text;
    this.#awaited = this.needsDrain;
    return !this.#awaited;
  }

  flush(): void {
    const text = this.#late;
    this.#late = "";
    // What becomes of the answer is said at the close, which follows.
    if (this.#socket.destroyed) return;
    if (text !== "") this.#socket.write(text);
    if (this.#response?.ended) this.#onWritten();
    else if (!this.#socket.writableNeedDrain) this.#onDrain();
  }

  onHead(head: RequestHead, bodyBytes: number | null): void {
    this.#request = new HttpRequest(head, bodyBytes, this);
    const form = { bodyless: head.method === "HEAD", chunks: head.minorVersion === 1, keepAlive: head.keepAlive };
    this.#response = new HttpResponse(this, form);
    this.#isNew = true;
  }

  onBody(piece: Buffer): void {
    this.#request?.push(piece);
  }

  onEnd(): void {
    if (this.#phase !== "lingering") this.#phase = "answering";
    this.#request?.finish();
  }

  onEnded(): void {
    // Else it is dealt with when that is written.
    if (this.#late === "") this.#onWritten();
  }

  /** All of the answer is with the socket. */
  #onWritten(): void {
    if (this.#socket.writableLength === 0) this.#onFinished();
    // An empty write, as it comes after all others.
    else this.#socket.write("", (error) => error || this.#onFinished());
  }

  #onData(arrived: Buffer): void {
    if (this.#phase === "closing") return;
    if (this.#phase === "answering") {
      this.#keep(arrived);
      return;
    }
    const continues = this.#request !== null || this.#parser.inHead;
    if (!continues) this.#enter("arriving");
    const bytes = continues ? arrived : withoutEmptyLines(arrived);
    if (bytes.length === 0) return;
    try {
      const rest = this.#parser.push(bytes);
      if (rest.length > 0) this.#keep(rest);
    } catch (error) {
      if (!(error instanceof MalformedMessage)) throw error;
      this.#refuse(refusalOf(error.reason), error.message);
      return;
    }
    if (this.#request === null) return;
    if (this.#isNew) this.#handOver(this.#request);
    else if (this.#phase === "lingering" && this.#request.complete) this.#next();
  }

  #handOver(request: HttpRequest): void {
    this.#isNew = false;
    if (request.method === "CONNECT") {
      const error = new AppError("method_not_allowed", "CONNECT is not allowed here.");
      this.#refuse(error, "connect", ["allow: GET, HEAD, POST"]);
    } else if (this.#response) {
      this.#owner.onRequest(request, this.#response);
    }
  }

  #keep(bytes: Buffer): void {
    this.#ahead = this.#ahead.length === 0 ? bytes : Buffer.concat([this.#ahead, bytes]);
    if (this.#ahead.length > mostAhead) this.pause();
  }

  #onFinished(): void {
    const response = this.#response;
    if (!response || this.#phase === "closing") return;
    response.close(true);
    if (!response.keepAlive) this.#close();
    else if (this.#request?.complete) this.#next();
    else this.#linger();
  }

  /** The answer came before all of the request. */
  #linger(): void {
    this.#enter("lingering");
    this.#request?.discard();
  }

  #next(): void {
    this.#enter("idle");
    this.#request = null;
    this.#response = null;
    this.#parser.reset();
    // Not at once: a thousand requests in one packet would be a thousand calls deep.
    if (this.#ahead.length > 0) process.nextTick(() => this.#readAhead());
  }

  #readAhead(): void {
    const bytes = this.#ahead;
    this.#ahead = empty;
    this.resume();
    if (bytes.length > 0 && !this.#socket.destroyed) this.#onData(bytes);
  }

  /** Answers bytes that are no request, unless an answer has begun; then the connection can only be closed. */
  #refuse(error: AppError, reason: string, extra: readonly string[] = []): void {
    if (this.#response?.headersSent) {
      this.destroy();
      return;
    }
    this.flush();
    this.#socket.write(refusalText(error, extra));
    this.#abandon();
    this.#close();
    this.#owner.onRefused(error, reason);
  }

  /** After what was written; what still arrives is thrown away for a moment: unread bytes would reset the answer out of the client's hands. */
  #close(): void {
    this.#enter("closing");
    this.#socket.end();
    this.resume();
  }

  /** The client has closed its side: it waits for nothing more than what is on its way. */
  #onClientEnd(): void {
    if (this.#response && !this.#response.ended) this.destroy();
  }

  #onDrain(): void {
    if (!this.#awaited) return;
    this.#awaited = false;
    this.#response?.drained();
  }

  #onGone(): void {
    this.#phase = "closing";
    this.#abandon();
    this.#owner.onGone(this);
  }

  #abandon(): void {
    this.#request?.abort();
    this.#response?.close(false);
  }
}
