import type { RequestHead } from "./request-parser.ts";

/** Thrown where the client left before its request was read; there is nobody to answer. */
export class ClientGone extends Error {
  override name = "ClientGone";
}

/** Thrown where a body is longer than it may be. */
export class BodyTooLong extends Error {
  override name = "BodyTooLong";
}

/** What a request needs of its connection. */
export interface RequestSource {
  readonly remoteAddress: string;
  /** Stops and goes on reading. */
  pause(): void;
  resume(): void;
}

interface Reader {
  maxBytes: number;
  resolve(body: Buffer): void;
  reject(error: Error): void;
}

/** Bytes of a body that are kept before somebody asks for it. */
const keptUnasked = 64 * 1024;

/** One request as it arrives. */
export class HttpRequest {
  readonly method: string;
  /** The target of the request line. */
  readonly url: string;
  readonly minorVersion: 0 | 1;
  /** By name in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** In lower case, each as often as it was sent. */
  readonly fieldNames: readonly string[];
  /** What the above was read from; the next request on the connection may have the same. */
  readonly head: RequestHead;
  /** Length of the body, where it was told; null for chunks. */
  readonly bodyBytes: number | null;
  readonly #source: RequestSource;
  #pieces: Buffer[] = [];
  #bytes = 0;
  #reader: Reader | null = null;
  #state: "coming" | "complete" | "gone" = "coming";
  #unwanted = false;

  constructor(head: RequestHead, bodyBytes: number | null, source: RequestSource) {
    const { method, target, minorVersion, fields } = head;
    this.head = head;
    this.bodyBytes = bodyBytes;
    this.method = method;
    this.url = target;
    this.minorVersion = minorVersion;
    this.headers = fields.values;
    this.fieldNames = fields.names;
    this.#source = source;
  }

  /** All of it has arrived. */
  get complete(): boolean {
    return this.#state === "complete";
  }

  get remoteAddress(): string {
    return this.#source.remoteAddress;
  }

  /** The whole body: at once where all of it is there. Once for each request. Throws BodyTooLong or ClientGone. */
  body(maxBytes: number): Buffer | Promise<Buffer> {
    if (this.#bytes > maxBytes) throw this.#tooLong();
    if (this.#state === "gone") throw new ClientGone();
    if (this.#state === "complete") return this.#take();
    return new Promise((resolve, reject) => {
      this.#reader = { maxBytes, resolve, reject };
      this.#source.resume();
    });
  }

  /** What still comes of the body is thrown away. */
  discard(): void {
    this.#unwanted = true;
    this.#pieces = [];
    this.#source.resume();
  }

  /** For the connection: a piece of the body. */
  push(piece: Buffer): void {
    if (this.#unwanted) return;
    this.#bytes += piece.length;
    this.#pieces.push(piece);
    const reader = this.#reader;
    if (!reader) {
      if (this.#bytes > keptUnasked) this.#source.pause();
    } else if (this.#bytes > reader.maxBytes) {
      this.#reader = null;
      reader.reject(this.#tooLong());
    }
  }

  /** For the connection: the body has ended. */
  finish(): void {
    this.#state = "complete";
    this.#reader?.resolve(this.#take());
    this.#reader = null;
  }

  /** For the connection: nothing more will come. */
  abort(): void {
    if (this.#state === "complete") return;
    this.#state = "gone";
    this.#pieces = [];
    this.#reader?.reject(new ClientGone());
    this.#reader = null;
  }

  #take(): Buffer {
    const pieces = this.#pieces;
    this.#pieces = [];
    return pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces);
  }

  #tooLong(): BodyTooLong {
    this.discard();
    return new BodyTooLong();
  }
}
