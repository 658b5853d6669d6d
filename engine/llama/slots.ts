import { setTimeout as sleep } from "node:timers/promises";
import type { BindingContext, CompletionOptions, CompletionResult, PendingCompletion, TokenData } from "./binding.ts";

export interface RunningCompletion {
  /** Rejects after `stop()`, unless the last token was faster. */
  promise: Promise<CompletionResult>;
  stop(): void;
}

export interface SlotCounts {
  total: number;
  busy: number;
  queued: number;
}

/**
 * Hands requests to the binding's slots, and takes them back. The binding's own `cancelRequest` changes its tables without the
 * lock under which its thread works on them, and crashes now and then when a request begins or waits at that moment. So requests
 * wait here and not there, and one is cancelled only right after the binding has been seen, under that lock, to have nothing
 * waiting: then its tables change again no sooner than at the end of a step of the model.
 */
export class Slots {
  readonly #parallel: BindingContext["parallel"];
  readonly #waiting: (() => void)[] = [];
  #free: number;
  /** Stops under way; nothing begins meanwhile. */
  #stopping = 0;

  constructor(parallel: BindingContext["parallel"], total: number) {
    this.#parallel = parallel;
    this.#free = total;
  }

  /** As llama.cpp sees it at this moment; those that wait here are counted with those that wait there. */
  counts(): SlotCounts {
    const { n_parallel: total, active_slots: busy, queued_requests: begun } = this.#parallel.getStatus();
    return { total, busy, queued: begun + this.#waiting.length };
  }

  /**
   * Waits for a slot and begins; `options` is asked once there is one. Throws the signal's reason where it aborts before; later
   * `stop` is for the caller to call.
   */
  async start(
    options: () => CompletionOptions,
    onToken: (data: TokenData, running: RunningCompletion) => void,
    signal: AbortSignal,
  ): Promise<RunningCompletion> {
    await this.#turn(signal);
    let pending: PendingCompletion;
    try {
      pending = await this.#parallel.completion(options(), (_requestId, data) => onToken(data, running));
    } catch (error) {
      this.#leave();
      throw error;
    }
    let isStopping = false;
    const stop = () => {
      if (!isStopping) void this.#stop(pending);
      isStopping = true;
    };
    const promise = pending.promise.finally(() => this.#leave());
    // No token can arrive before this line: they come through the event loop.
    const running: RunningCompletion = { promise, stop };
    return running;
  }

  async #turn(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#free > 0 && this.#stopping === 0 && this.#waiting.length === 0) {
      this.#free--;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const begin = () => {
        signal.removeEventListener("abort", giveUp);
        resolve();
      };
      const giveUp = () => {
        this.#waiting.splice(this.#waiting.indexOf(begin), 1);
        reject(signal.reason);
      };
      signal.addEventListener("abort", giveUp, { once: true });
      this.#waiting.push(begin);
    });
  }

  #leave(): void {
    this.#free++;
    this.#next();
  }

  #next(): void {
    while (this.#free > 0 && this.#stopping === 0) {
      const begin = this.#waiting.shift();
      if (!begin) return;
      this.#free--;
      begin();
    }
  }

  async #stop(pending: PendingCompletion): Promise<void> {
    this.#stopping++;
    try {
      for (;;) {
        const { queued_requests: begun, requests } = this.#parallel.getStatus();
        if (begun === 0) {
          if (requests.some(({ request_id: id }) => id === pending.requestId)) pending.stop();
          return;
        }
        await sleep(1);
      }
    } finally {
      this.#stopping--;
      this.#next();
    }
  }
}
