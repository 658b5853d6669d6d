import { AppError } from "#lib/errors.ts";
import type { Generation, GenerationEnd } from "../upstream/generation.ts";

/** The calls that run at this moment, for an orderly end of the process. */
export class ActiveCalls {
  readonly #running = new Set<Generation>();
  #closed = false;

  /** Runs a call to its end. Throws `shutting_down` once all calls have been interrupted. */
  async run(generation: Generation): Promise<GenerationEnd> {
    if (this.#closed) throw shuttingDown();
    this.#running.add(generation);
    try {
      return await generation.run();
    } finally {
      this.#running.delete(generation);
    }
  }

  /** Ends every running call with `shutting_down`, and lets none begin. */
  interruptAll(): void {
    this.#closed = true;
    for (const generation of this.#running) generation.interrupt(shuttingDown());
  }
}

export function shuttingDown(): AppError {
  return new AppError("shutting_down", "The gateway is shutting down. Send the request again.", { retryAfterSeconds: 1 });
}
