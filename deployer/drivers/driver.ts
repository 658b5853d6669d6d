import type { StateReason } from "#lib/contracts/services.ts";

/** Which run of an instance a row speaks of: enough for a driver to find it again, whoever started it. */
export interface InstanceRef {
  instanceId: string;
  serviceId: string;
  /** Null until the run's process is known, and always for drivers without processes on this machine. */
  pid: number | null;
  pidStartedAt: string | null;
  /** Told to the run at its start, given back in its health answer; null where nothing was ever started. */
  nonce: string | null;
  /** Bearer that the run demands. */
  token: string;
}

/** What is to run: everything a recipe turns into a command line or a pod. */
export interface InstanceSpec {
  serviceId: string;
  /** `<owner>/<name>`. */
  accessName: string;
  /** Relative to a weights folder; null where nothing here can run the model. */
  weightsFile: string | null;
  /** Tokens. */
  contextLength: number;
  /** Requests worked on at once. */
  parallel: number;
}

/** What a driver knows of a started run; goes into the instance's row. */
export interface RunFacts {
  pid: number | null;
  pidStartedAt: string | null;
  logFile: string | null;
}

/**
 * What a driver sees of one run.
 * - `gone`: nothing runs. `exit` is the exit code or the signal's name, null where nobody saw it end.
 * - `starting`: it lives and does not answer yet.
 * - `ready`: its authenticated health answer is good, nonce included.
 * - `unreachable`: it lives and has told where it listens, but missed three health answers in a row, a second apart.
 */
export type Observation =
  | { phase: "gone"; exit: string | null }
  | {
      phase: "starting" | "ready" | "unreachable";
      run: RunFacts;
      /** Base address of its OpenAI-compatible server; never null when ready. */
      endpoint: string | null;
      /** How long it has been ready, or else not ready, as far as this deployer has seen; by a clock that never jumps. */
      sinceMs: number;
      /** How long ago it was asked to drain; null where it was not, as far as this deployer knows. */
      drainingMs: number | null;
    };

/** Why a start cannot succeed at present. */
export interface Obstacle {
  reason: StateReason;
  data: Record<string, string | number>;
}

/** Something that runs, whoever started it and whether or not a row knows it. */
export interface Running {
  instanceId: string;
  serviceId: string | null;
  pid: number | null;
  pidStartedAt: string | null;
  /** Null while it has not said. */
  nonce: string | null;
}

/**
 * Brings instances up and down in one kind of place. All calls return soon: nothing waits for a model to load or a run to
 * drain, the next observation tells. Every call may be repeated; `drivers/contract.ts` says what each driver must hold.
 */
export interface Driver {
  /** Null where a start can be tried. */
  obstacle(spec: InstanceSpec): Promise<Obstacle | null>;
  /** Starts a run with the ref's nonce and token, after ending what else runs of that instance. Throws {@link StartError}. */
  start(ref: InstanceRef, spec: InstanceSpec): Promise<RunFacts>;
  /** Sees what is, without changing it. Throws only when it cannot look. */
  observe(ref: InstanceRef): Promise<Observation>;
  /** `drain`: no new calls, end when the running ones have. `kill`: end now, with all it started. */
  stop(ref: InstanceRef, how: "drain" | "kill"): Promise<void>;
  /** All that runs here. */
  list(): Promise<Running[]>;
  /** Ends what {@link list} found and no row owns. */
  end(running: Running): Promise<void>;
  /** Forgets what is kept of ended instances, but for the newest 20 of each service. */
  prune(liveInstanceIds: ReadonlySet<string>): Promise<void>;
  /** Calls `onChange` soon after an observation of that service would differ; a hint only. */
  watch(onChange: (serviceId: string) => void): void;
  /** Stops watching; what runs keeps running. */
  close(): void;
}

/** A start that failed, with a detail fit for the service's page. */
export class StartError extends Error {
  override name = "StartError";
}
