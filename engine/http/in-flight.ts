import type { ServerResponse } from "node:http";
import { ClientGone } from "./exchange.ts";

/** The answers that are under way, each with the signal that ends it. */
export class InFlight {
  readonly #open = new Map<ServerResponse, AbortController>();
  #whenEmpty: () => void = () => {};

  get size(): number {
    return this.#open.size;
  }

  /** Follows an answer until its connection is done with it; the signal aborts then, and with {@link abortAll}. */
  add(response: ServerResponse): AbortSignal {
    const abort = new AbortController();
    this.#open.set(response, abort);
    response.once("close", () => {
      this.#open.delete(response);
      abort.abort(new ClientGone("the client closed its connection"));
      if (this.#open.size === 0) this.#whenEmpty();
    });
    return abort.signal;
  }

  abortAll(reason: Error): void {
    for (const abort of this.#open.values()) abort.abort(reason);
  }

  /** Whether all have ended within the limit. */
  async settled(limitMs: number): Promise<boolean> {
    if (this.#open.size === 0) return true;
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, limitMs, false);
      this.#whenEmpty = () => {
        clearTimeout(timer);
        resolve(true);
      };
    });
  }
}
