import { performance } from "node:perf_hooks";
import { DenseSet, type Placed } from "./dense-set.ts";

/** Something that happens at a moment unless that is put off, or the thing is taken out before. */
export interface Due extends Placed {
  /** Of the monotonic clock (`performance.now()`); infinite while nothing is due. */
  readonly deadlineMs: number;
  /** Called once, when it is no longer among those that wait. */
  onDue(): void;
}

const tickMs = 25;

/**
 * What is due, on one timer for all of it. Nearly every call ends long before its limits, and to make and clear timers of its
 * own cost more than a look at all of them now and then. A deadline is late by one tick at most.
 */
export class Deadlines {
  readonly #waiting = new DenseSet<Due>();
  #timer: NodeJS.Timeout | null = null;

  add(due: Due): void {
    this.#waiting.add(due);
    this.#timer ??= setInterval(() => this.#tick(), tickMs);
  }

  /** Once for each `add`, and not after `onDue`. */
  remove(due: Due): void {
    this.#waiting.remove(due);
  }

  #tick(): void {
    if (this.#waiting.size === 0 && this.#timer) {
      clearInterval(this.#timer);
      this.#timer = null;
      return;
    }
    const nowMs = performance.now();
    const reached: Due[] = [];
    for (const due of this.#waiting) if (due.deadlineMs <= nowMs) reached.push(due);
    for (const due of reached) {
      // One may have ended or put off another.
      if (due.deadlineMs > nowMs || !this.#waiting.has(due)) continue;
      this.#waiting.remove(due);
      due.onDue();
    }
  }
}

/** This process's. */
export const deadlines = new Deadlines();
