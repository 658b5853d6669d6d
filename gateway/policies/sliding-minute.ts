const slots = 61;

/**
 * What was used in the last minute, by seconds. An amount counts for 60 to 61 s, so that no 60 s ever hold more than a
 * limit allows. Moments are milliseconds of the monotonic clock.
 */
export class SlidingMinute {
  readonly #used = new Float64Array(slots);
  #second = -1;
  #sum = 0;

  used(nowMs: number): number {
    this.#advance(nowMs);
    return this.#sum;
  }

  /** Takes an amount; returns the second it counts in, for `correct`. */
  add(nowMs: number, amount: number): number {
    this.#advance(nowMs);
    this.#change(this.#second, amount);
    return this.#second;
  }

  /** Changes an amount that was taken in that second, where it still counts. */
  correct(nowMs: number, second: number, change: number): void {
    this.#advance(nowMs);
    if (second > this.#second - slots) this.#change(second, change);
  }

  /** Milliseconds until `amount` more fits under the limit; Infinity where it never does. */
  msUntilFits(nowMs: number, amount: number, limit: number): number {
    if (amount > limit) return Number.POSITIVE_INFINITY;
    this.#advance(nowMs);
    let left = this.#sum;
    if (left + amount <= limit) return 0;
    for (let second = this.#second - slots + 1; second <= this.#second; second++) {
      left -= this.#used[indexOf(second)] as number;
      if (left + amount <= limit) return (second + slots) * 1_000 - nowMs;
    }
    return (this.#second + slots) * 1_000 - nowMs;
  }

  /** Milliseconds until nothing counts any more. */
  msUntilEmpty(nowMs: number): number {
    this.#advance(nowMs);
    for (let second = this.#second; second > this.#second - slots; second--) {
      if ((this.#used[indexOf(second)] as number) > 0) return (second + slots) * 1_000 - nowMs;
    }
    return 0;
  }

  #change(second: number, amount: number): void {
    const index = indexOf(second);
    const before = this.#used[index] as number;
    const after = Math.max(0, before + amount);
    this.#used[index] = after;
    this.#sum += after - before;
  }

  #advance(nowMs: number): void {
    const now = Math.floor(nowMs / 1_000);
    if (now <= this.#second) return;
    const steps = Math.min(slots, now - this.#second);
    for (let step = 0; step < steps; step++) {
      const index = indexOf(now - step);
      this.#sum -= this.#used[index] as number;
      this.#used[index] = 0;
    }
    this.#second = now;
  }
}

function indexOf(second: number): number {
  return ((second % slots) + slots) % slots;
}
