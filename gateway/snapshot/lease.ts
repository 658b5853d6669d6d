/** Two clocks: durations are the monotonic one's; a machine that slept shows it in the other alone. Milliseconds. */
export interface Clock {
  monotonic(): number;
  wall(): number;
}

export const systemClock: Clock = { monotonic: () => performance.now(), wall: () => Date.now() };

/** The moment before a renewal was sent. */
export interface Renewal {
  monotonicMs: number;
  wallMs: number;
}

/** Of the row's lease: two clocks that run at different speeds are far less apart than that. */
const share = 0.99;

/**
 * The right to answer from memory. A renewal alone gives none: while it was under way a revoke may have found the row's old
 * lease run out, and answered. It counts once changes have been applied that were read after the renewal was confirmed.
 * The time runs from before the renewal was sent and is a little shorter, so this lease ends before the row's.
 */
export class Lease {
  readonly #clock: Clock;
  readonly #lengthMs: number;
  #confirmed: Renewal | null = null;
  #from: Renewal | null = null;

  /** @param leaseMs of the row */
  constructor(clock: Clock, leaseMs: number) {
    this.#clock = clock;
    this.#lengthMs = leaseMs * share;
  }

  /** Taken just before a renewal is sent. */
  now(): Renewal {
    return { monotonicMs: this.#clock.monotonic(), wallMs: this.#clock.wall() };
  }

  /** The last renewal that the database has confirmed: taken just before changes are read. */
  get confirmed(): Renewal | null {
    return this.#confirmed;
  }

  /** The database has confirmed the renewal that was sent at that moment. */
  confirm(sent: Renewal): void {
    this.#confirmed = sent;
  }

  /** All changes are applied that were committed when they were read, and the reading began after this renewal was confirmed. */
  count(renewal: Renewal | null): void {
    this.#from = renewal;
  }

  holds(): boolean {
    const from = this.#from;
    if (!from) return false;
    return this.#clock.monotonic() - from.monotonicMs < this.#lengthMs && this.#clock.wall() - from.wallMs < this.#lengthMs;
  }
}
