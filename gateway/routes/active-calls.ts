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

export interface Running extends Placed {
  call: { interrupt(error: AppError): void };
}

/** The calls that run at this moment, for an orderly end of the process. */
export class ActiveCalls {
  readonly #running = new DenseSet<Running>();
  #closed = false;

  get size(): number {
    return this.#running.size;
  }

  /** Takes note of a call until its `end`, when its client has the answer or has gone, which the process's own brings about sooner. */
  begin(call: Running["call"]): Running {
    const running: Running = { call, place: 0 };
    this.#running.add(running);
    // In the next turn, as it does not run yet.
    if (this.#closed) setImmediate(() => call.interrupt(shuttingDown()));
    return running;
  }

  end(running: Running): void {
    this.#running.remove(running);
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
