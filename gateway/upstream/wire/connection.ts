import { connect as connectTcp, isIP, type OnReadOpts, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { Dispatcher } from "undici";
import { flushLate, type LateWriter } from "../../http/late-writes.ts";
import { ResponseParser, type ResponseSink } from "./response-parser.ts";

export interface WireRequest {
  /** Head and body, ready to be written. */
  text: string;
  handler: Dispatcher.DispatchHandler;
}

/** What becomes of a connection; one of the two is called once for each request, `onGone` once at the end. */
export interface ConnectionOwner {
  /** It has carried a response to its end and may carry another request. */
  onIdle(connection: Connection): void;
  onGone(connection: Connection): void;
  /** A kept connection was closed by the other side before it answered a byte, as servers do with idle ones: send it on another. */
  onStale(request: WireRequest): void;
}

/** Bytes are read in the turn in which they arrive, and who keeps some copies them: one buffer is enough for all connections. */
const arriving = Buffer.allocUnsafe(64 * 1024);

/** One connection to an instance, which carries one request at a time. */
export class Connection implements Dispatcher.DispatchController, LateWriter, ResponseSink {
  readonly #owner: ConnectionOwner;
  readonly #socket: Socket;
  readonly #parser = new ResponseParser(this);
  #timer: NodeJS.Timeout | null;
  #request: WireRequest | null = null;
  #answering = false;
  #requests = 0;
  #connected = false;
  #reason: Error | null = null;
  paused = false;
  /** Its owner's sweep since which it is idle. */
  idleSince = 0;

  constructor(origin: URL, connectMs: number, owner: ConnectionOwner) {
    this.#owner = owner;
    const onread: OnReadOpts = {
      buffer: arriving,
      callback: (length) => {
        this.#onData(arriving.subarray(0, length));
        return true;
      },
    };
    this.#socket = openSocket(origin, onread);
    this.#timer = setTimeout(() => this.#fail(new Error(`no connection in ${connectMs} ms`)), connectMs);
    this.#socket
      .setNoDelay(true)
      .on(origin.protocol === "https:" ? "secureConnect" : "connect", () => this.#onConnect())
      .on("end", () => this.#onEnd())
      .on("error", (error) => this.#onClosed(error))
      .on("close", () => this.#onClosed(new Error("connection closed")));
  }

  get aborted(): boolean {
    return this.#reason !== null;
  }

  get reason(): Error | null {
    return this.#reason;
  }

  send(request: WireRequest): void {
    this.#request = request;
    this.#answering = false;
    this.#requests++;
    this.#parser.reset();
    if (this.#connected) this.#write(request);
  }

  pause(): void {
    this.paused = true;
    this.#socket.pause();
  }

  resume(): void {
    this.paused = false;
    this.#socket.resume();
  }

  /** Ends the request, and the connection with it: there is no other way to tell an instance to stop. */
  abort(reason: Error): void {
    this.#fail(reason);
  }

  destroy(): void {
    this.#fail(new Error("the gateway is closing"));
  }

  onHead(status: number, headers: Parameters<ResponseSink["onHead"]>[1]): void {
    this.#request?.handler.onResponseStart?.(this, status, headers);
  }

  onBody(piece: Buffer): void {
    this.#request?.handler.onResponseData?.(this, piece);
  }

  onEnd(reusable: boolean): void {
    const request = this.#request;
    if (!request || this.#reason) return;
    this.#request = null;
    if (reusable && !this.paused) this.#owner.onIdle(this);
    else this.#close(new Error("not kept"));
    request.handler.onResponseEnd?.(this, {});
  }

  #onConnect(): void {
    this.#connected = true;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#request) this.#write(this.#request);
  }

  #write(request: WireRequest): void {
    request.handler.onRequestStart?.(this, {});
    // The handler may have aborted; then there is nobody to send it for.
    if (this.#reason === null) flushLate(this);
  }

  flush(): void {
    if (this.#reason === null && this.#request) this.#socket.write(this.#request.text);
  }

  #onData(bytes: Buffer): void {
    if (this.#reason) return;
    if (!this.#request) {
      this.#close(new Error("bytes that nobody asked for"));
      return;
    }
    this.#answering = true;
    try {
      this.#parser.push(bytes);
    } catch (cause) {
      this.#fail(new Error("the response is malformed", { cause }));
    }
  }

  /** The other side has ended in order, which ends an answer that told no length. */
  #onEnd(): void {
    if (this.#reason || (this.#request && this.#parser.close())) return;
    this.#onClosed(new Error("the other side closed"));
  }

  #onClosed(error: Error): void {
    if (this.#reason) return;
    const request = this.#request;
    if (request && !this.#answering && this.#requests > 1) {
      this.#request = null;
      this.#close(error);
      this.#owner.onStale(request);
    } else {
      this.#fail(error);
    }
  }

  #fail(error: Error): void {
    const request = this.#request;
    this.#request = null;
    this.#close(error);
    request?.handler.onResponseError?.(this, error);
  }

  #close(reason: Error): void {
    if (this.#reason) return;
    this.#reason = reason;
    if (this.#timer) clearTimeout(this.#timer);
    this.#socket.destroy();
    this.#owner.onGone(this);
  }
}

function openSocket(origin: URL, onread: OnReadOpts): Socket {
  const host = origin.hostname.replace(/^\[|\]$/g, "");
  if (origin.protocol === "http:") return connectTcp({ host, port: Number(origin.port || 80), onread });
  const port = Number(origin.port || 443);
  const options = { host, port, onread, ALPNProtocols: ["http/1.1"], ...(isIP(host) ? {} : { servername: host }) };
  return connectTls(options);
}
