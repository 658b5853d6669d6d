import { AppError } from "#lib/errors.ts";
import { DenseSet, type Placed } from "../dense-set.ts";

/** A call that has been admitted. */
export interface RunningCall<End> {
  /** Resolves once, whatever happens. */
  run(): Promise<End>;
  /** The client has left. */
  leave(): void;
  /** Ends it from outside; the client is told the error. */
  interrupt(error: AppError): void;
}

interface Running extends Placed {
  call: { interrupt(error: AppError): void };
}

/** The calls that run at this moment, for an orderly end of the process. */
export class ActiveCalls {
  readonly #running = new DenseSet<Running>();
  #closed = false;

  get size(): number {
    return this.#running.size;
  }

  /** Runs a call to its end, which the process's own brings about sooner. */
  async run<End>(call: RunningCall<End>): Promise<End> {
    const running: Running = { call, place: 0 };
    this.#running.add(running);
    try {
      const ended = call.run();
      if (this.#closed) call.interrupt(shuttingDown());
      return await ended;
    } finally {
      this.#running.remove(running);
    }
  }

  /** Ends every running call with `shutting_down`, and lets none begin. */
  interruptAll(): void {
    this.#closed = true;
    for (const { call } of [...this.#running]) call.interrupt(shuttingDown());
  }
}

export function shuttingDown(): AppError {
  return new AppError("shutting_down", "The gateway is shutting down. Send the request again.", { retryAfterSeconds: 1 });
}
