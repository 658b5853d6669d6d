import type { SharedLimits } from "../ports.ts";
import type { Limiter } from "./limiter.ts";

/** Keeps a limiter's view of what other gateways have counted; one exchange at a time, however slow the database is. */
export class LimitExchange {
  readonly #limiter: Limiter;
  readonly #shared: SharedLimits;
  #exchanging = false;

  constructor(limiter: Limiter, shared: SharedLimits) {
    this.#limiter = limiter;
    this.#shared = shared;
  }

  /** To be called about once a second. While it fails, the limits of this process hold, and what was told last. */
  async refresh(): Promise<void> {
    const mine = this.#limiter.inUse();
    if (this.#exchanging || mine.length === 0) return;
    this.#exchanging = true;
    try {
      this.#limiter.noteOthers(mine, await this.#shared.exchange(mine));
    } finally {
      this.#exchanging = false;
    }
  }
}
