import { Agent, type Dispatcher } from "undici";
import { Connection, type ConnectionOwner, type WireRequest } from "./connection.ts";
import { RequestHeads } from "./request-heads.ts";

const sweepMs = 1_000;
/** Servers close idle connections after 5 s and more; before that, after so many sweeps, ours is closed by ourselves. */
const idleSweeps = 4;

/**
 * The connections to instances. Whole POST requests, which every generation is, go over connections of our own that cost
 * half of what a general client does; all else goes to undici's. Speaks undici's dispatch protocol for both.
 */
export class UpstreamAgent extends Agent {
  readonly #connectMs: number;
  readonly #origins = new Map<string, Origin>();
  readonly #sweep: NodeJS.Timeout;

  constructor(options: { connectMs: number }) {
    super({ connect: { timeout: options.connectMs } });
    this.#connectMs = options.connectMs;
    this.#sweep = setInterval(() => this.#dropIdle(), sweepMs).unref();
  }

  override dispatch(options: Agent.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    const { method, body, headers, origin, query, upgrade } = options;
    const plain = method === "POST" && typeof body === "string" && Array.isArray(headers) && typeof origin === "string";
    if (!plain || query || upgrade || !handler.onRequestStart) return super.dispatch(options, handler);
    const place = this.#place(origin);
    place.send({ text: place.heads.requestText(options.path, headers, body), handler });
    return true;
  }

  /** Closes every connection at once; calls that run fail. */
  async end(): Promise<void> {
    clearInterval(this.#sweep);
    for (const place of this.#origins.values()) place.destroy();
    this.#origins.clear();
    await this.destroy();
  }

  #place(origin: string): Origin {
    let place = this.#origins.get(origin);
    if (!place) {
      place = new Origin(new URL(origin), this.#connectMs);
      this.#origins.set(origin, place);
    }
    return place;
  }

  #dropIdle(): void {
    for (const [origin, place] of this.#origins) if (place.sweep()) this.#origins.delete(origin);
  }
}

/** The connections to one address; the one used last is used next, so that the others can grow idle and go. */
class Origin implements ConnectionOwner {
  readonly heads: RequestHeads;
  readonly #url: URL;
  readonly #connectMs: number;
  readonly #all = new Set<Connection>();
  readonly #idle: Connection[] = [];
  #sweeps = 0;

  constructor(url: URL, connectMs: number) {
    this.#url = url;
    this.#connectMs = connectMs;
    this.heads = new RequestHeads(url.host);
  }

  send(request: WireRequest): void {
    const kept = this.#idle.pop();
    if (kept) kept.send(request);
    else this.#open(request);
  }

  onIdle(connection: Connection): void {
    connection.idleSince = this.#sweeps;
    this.#idle.push(connection);
  }

  onGone(connection: Connection): void {
    this.#all.delete(connection);
    const at = this.#idle.indexOf(connection);
    if (at !== -1) this.#idle.splice(at, 1);
  }

  onStale(request: WireRequest): void {
    this.#open(request);
  }

  /** Closes what has been idle for a while; true where nothing is left. */
  sweep(): boolean {
    this.#sweeps++;
    for (const connection of this.#idle.filter((one) => this.#sweeps - one.idleSince >= idleSweeps)) connection.destroy();
    return this.#all.size === 0;
  }

  destroy(): void {
    for (const connection of this.#all) connection.destroy();
  }

  #open(request: WireRequest): void {
    const connection = new Connection(this.#url, this.#connectMs, this);
    this.#all.add(connection);
    connection.send(request);
  }
}
