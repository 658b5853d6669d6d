import { say } from "../setup/progress.mjs";

/** One press of Ctrl-C may arrive several times: from the terminal, from npm and from the parent. */
const onePressMs = 1_000;
const hurriedMs = 2_000;

/** Thrown out of the start where a stop was asked for meanwhile. */
export class Stopped extends Error {
  override name = "Stopped";
}

/**
 * The wish to stop, and how urgent it is: the first asks for an orderly stop, the second shortens its waits, the third
 * takes them away. The order stays the same.
 */
export class StopRequest {
  #level = 0;
  #raisedAtMs = Number.NEGATIVE_INFINITY;
  readonly #first = Promise.withResolvers<string>();

  raise(reason: string): void {
    const now = performance.now();
    if (now - this.#raisedAtMs < onePressMs) return;
    this.#raisedAtMs = now;
    this.#level = Math.min(this.#level + 1, 3);
    if (this.#level === 2) say("Stopping sooner: running calls get two more seconds.");
    if (this.#level === 3) say("Stopping at once.");
    this.#first.resolve(reason);
  }

  /** Resolves with the reason of the first wish. */
  get asked(): Promise<string> {
    return this.#first.promise;
  }

  /** For the start, between its steps. */
  throwIfAsked(): void {
    if (this.#level > 0) throw new Stopped();
  }

  /** What is left of a wait of `orderlyMs` at the present urgency. */
  limitMs(orderlyMs: number): number {
    if (this.#level >= 3) return 0;
    return this.#level === 2 ? Math.min(orderlyMs, hurriedMs) : orderlyMs;
  }
}

/** Turns signals, and the end of the process that started us, into a wish to stop. Returns a function that ends it. */
export function listenForStop(stop: StopRequest): () => void {
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  const onSignal = (signal: NodeJS.Signals) => stop.raise(signal);
  const onParentGone = () => stop.raise("the starting process has ended");
  for (const signal of signals) process.on(signal, onSignal);
  process.on("disconnect", onParentGone);
  return () => {
    for (const signal of signals) process.removeListener(signal, onSignal);
    process.removeListener("disconnect", onParentGone);
  };
}
