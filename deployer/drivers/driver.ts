import type { StateReason } from "#lib/contracts/services.ts";
import type { WeightsRef } from "../weights/ref.ts";

export type { WeightsRef };

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
  /** Which of the service's standing places it is for: an upstream endpoint's id; null where a run may be anywhere. */
  place: string | null;
}

/** What is to run: everything a recipe turns into a command line or a pod. */
export interface InstanceSpec {
  serviceId: string;
  /** `<owner>/<name>`. */
  accessName: string;
  model: ModelSpec;
  /** Null where nothing here can run the model, or nothing has to. */
  weights: WeightsRef | null;
  /** Tokens of one request, its answer included. */
  contextLength: number;
  /** Requests worked on at once. */
  parallel: number;
  resources: ResourceSpec;
  region: RegionSpec;
}

export interface ModelSpec {
  slug: string;
  kind: "text_generation" | "image_understanding" | "image_generation" | "embedding";
  /** Number of parameters; null where the maker does not say. */
  parameters: bigint | null;
  /** Repository id on a model hub. */
  repository: string | null;
}

/** The instance type: what one instance may use. */
export interface ResourceSpec {
  /** Thousandths of a core. */
  cpuMilli: number;
  memoryBytes: bigint;
  gpuCount: number;
  /** Null where it has no GPU. */
  gpuModel: string | null;
}

export interface RegionSpec {
  id: string;
  name: string;
  /** As the operator has set them; each driver parses its own. */
  settings: Readonly<Record<string, unknown>>;
}

/** What a driver knows of a started run; goes into the instance's row. */
export interface RunFacts {
  pid: number | null;
  pidStartedAt: string | null;
  /** Absent on this machine's disk: null. */
  logFile: string | null;
  /** The machine or node that it runs on, by the name its operators know; absent or null while unknown. */
  host?: string | null;
  /** Name of its pod; absent or null where there is none. */
  podName?: string | null;
  /** Tokens of one request that it was started with, where these may be fewer than the spec asks for; absent or null otherwise. */
  contextLength?: number | null;
}

/**
 * What a driver sees of one run.
 * - `gone`: nothing runs. `exit` is the exit code or the signal's name, null where nobody saw it end.
 * - `starting`: it lives and does not answer yet.
 * - `ready`: its authenticated health answer is good, nonce included.
 * - `unreachable`: it lives and has told where it listens, but missed three health answers in a row, a second apart.
 */
export type Observation =
  | {
      phase: "gone";
      exit: string | null;
      /** What ended it, where more is known than an exit: out of memory, evicted, its node lost. Absent or null otherwise. */
      cause?: Obstacle | null;
    }
  | {
      phase: "starting" | "ready" | "unreachable";
      run: RunFacts;
      /** Base address of its OpenAI-compatible server; never null when ready. */
      endpoint: string | null;
      /** How long it has been ready, or else not ready, as far as this deployer has seen; by a clock that never jumps. */
      sinceMs: number;
      /** How long ago it was asked to drain; null where it was not, as far as this deployer knows. */
      drainingMs: number | null;
      /**
       * What keeps it from getting on though it was started: no node has room, its image cannot be pulled. A run that waits is
       * not given up for taking long. Absent or null where nothing does.
       */
      waiting?: Obstacle | null;
    };

/** Why a start cannot succeed at present, or a run cannot get on. */
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

/** A line of a run's log, without its line break. */
export interface LogLine {
  /** When it was written; null where the place does not say. */
  at: Date | null;
  text: string;
}

export interface LogPart {
  /** In order; a driver gives at most 1,000 at once, and of what is further behind only the newest. */
  lines: readonly LogLine[];
  /** Where the next part begins, in the driver's own words; kept in the run's row, so that a later deployer goes on from it. */
  cursor: string;
}

/**
 * Brings instances up and down in one place: this machine, a cluster, endpoints that stand already. All calls return soon:
 * nothing waits for a model to load or a run to drain, the next observation tells. Every call may be repeated;
 * `drivers/contract.ts` says what each driver must hold.
 *
 * Every call but `obstacle`, `watch` and `close` throws {@link RegionUnreachableError} where the place itself cannot be
 * reached. What it cannot see it never calls gone.
 */
export interface Driver {
  /**
   * Null where the start of one more instance can be tried; also where nothing is known against it. A place that cannot be
   * reached is `region_unreachable`, told and not thrown.
   */
  obstacle(spec: InstanceSpec): Promise<Obstacle | null>;
  /** Starts a run with the ref's nonce and token, after ending what else runs of that instance. Throws {@link StartError}. */
  start(ref: InstanceRef, spec: InstanceSpec): Promise<RunFacts>;
  /** Sees what is, without changing it. Throws only when it cannot look. */
  observe(ref: InstanceRef): Promise<Observation>;
  /** `drain`: no new calls, end when the running ones have. `kill`: end now, with all it started. */
  stop(ref: InstanceRef, how: "drain" | "kill"): Promise<void>;
  /** All that runs here and is ours by its marks; nothing of others. */
  list(): Promise<Running[]>;
  /** Ends what {@link list} found and no row owns. */
  end(running: Running): Promise<void>;
  /**
   * Lines of the run with the ref's nonce that came after `cursor` (null: from its beginning), also once it has ended and as
   * long as the place keeps them. Null where it keeps none.
   */
  logs(ref: InstanceRef, cursor: string | null): Promise<LogPart | null>;
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
  /** Set where nothing is broken and it only cannot be now (no room left, say): the instance waits, and no failure is counted. */
  readonly obstacle: Obstacle | null;

  constructor(detail: string, options: ErrorOptions & { obstacle?: Obstacle } = {}) {
    super(detail, options);
    this.obstacle = options.obstacle ?? null;
  }
}

/** The place itself does not answer: nothing is known of what runs there. The message is fit for the service's page. */
export class RegionUnreachableError extends Error {
  override name = "RegionUnreachableError";
}

/** The obstacle that an unreachable place is. */
export function regionUnreachable(error: RegionUnreachableError): Obstacle {
  return { reason: "region_unreachable", data: { detail: error.message } };
}
