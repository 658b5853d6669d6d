import type { InstanceRef, Observation, Obstacle } from "../driver.ts";
import { sameEndpoint, type UpstreamEndpoint } from "./endpoint.ts";
import type { ProbeResult } from "./probe.ts";

/** When endpoints are asked, in milliseconds. */
export interface ProbeTimes {
  /** Between two looks at one that answers. */
  steadyMs: number;
  /** After a first failure; twice as long after each further one. */
  firstRetryMs: number;
  longestRetryMs: number;
}

const missesAllowed = 2;
/** Each wait is shortened by up to so much, so that what failed together is not asked together. */
const jitterPart = 0.25;

/** What the driver remembers of one started instance: how its endpoint answered, and when to ask again. */
export class WatchedEndpoint {
  readonly ref: InstanceRef;
  readonly #times: ProbeTimes;
  readonly #random: () => number;
  #endpoint: UpstreamEndpoint;
  #phase: "starting" | "ready" | "unreachable" = "starting";
  #waiting: Obstacle | null = null;
  #since = performance.now();
  #dueAt = 0;
  #failures = 0;
  /** Its row may say that it is ready: found by a deployer that has not started it, or ready once. */
  #inUse: boolean;
  #looking = false;

  constructor(ref: InstanceRef, endpoint: UpstreamEndpoint, options: { times: ProbeTimes; random: () => number; found: boolean }) {
    this.ref = ref;
    this.#endpoint = endpoint;
    this.#times = options.times;
    this.#random = options.random;
    this.#inUse = options.found;
  }

  get due(): boolean {
    return !this.#looking && performance.now() >= this.#dueAt;
  }

  /** The endpoint as it is kept now; another credential, say, is tried at once. */
  use(endpoint: UpstreamEndpoint): void {
    if (sameEndpoint(this.#endpoint, endpoint)) return;
    this.#endpoint = endpoint;
    this.#failures = 0;
    this.#dueAt = 0;
  }

  /** Asks the endpoint; true where an observation now differs. */
  async look(probe: (endpoint: UpstreamEndpoint) => Promise<ProbeResult>): Promise<boolean> {
    const asked = this.#endpoint;
    this.#looking = true;
    const result = await probe(asked);
    this.#looking = false;
    // It was changed meanwhile: this answer says nothing of it, and the next look is due.
    if (asked !== this.#endpoint) return false;
    const before = JSON.stringify([this.#phase, this.#waiting]);
    if (result.ok) this.#answered();
    else if (result.busy && this.#phase === "ready") this.#next(this.#times.steadyMs);
    else this.#failed(result);
    return JSON.stringify([this.#phase, this.#waiting]) !== before;
  }

  observation(): Observation {
    return {
      phase: this.#phase,
      run: { pid: null, pidStartedAt: null, logFile: null, host: URL.parse(this.#endpoint.url)?.host ?? null },
      endpoint: this.#endpoint.url,
      sinceMs: performance.now() - this.#since,
      drainingMs: null,
      waiting: this.#waiting,
    };
  }

  #answered(): void {
    this.#failures = 0;
    this.#inUse = true;
    this.#waiting = null;
    this.#to("ready");
    this.#next(this.#times.steadyMs);
  }

  #failed({ obstacle, lasting }: Extract<ProbeResult, { ok: false }>): void {
    this.#failures += 1;
    const { firstRetryMs, longestRetryMs } = this.#times;
    const missed = this.#phase === "ready" && !lasting && this.#failures <= missesAllowed;
    // One that serves is asked again soon before it is given up; its calls tell the gateway sooner still.
    const waitMs = missed ? firstRetryMs : Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(this.#failures - 1, 20));
    this.#next(waitMs);
    if (missed) return;
    const { reason, data } = obstacle;
    this.#waiting = { reason, data: lasting ? data : { ...data, retryInSeconds: Math.ceil(waitMs / 1_000) } };
    if (this.#inUse && (lasting || this.#failures > missesAllowed)) this.#to("unreachable");
  }

  #next(waitMs: number): void {
    this.#dueAt = performance.now() + waitMs * (1 - jitterPart * this.#random());
  }

  #to(phase: "starting" | "ready" | "unreachable"): void {
    if ((this.#phase === "ready") !== (phase === "ready")) this.#since = performance.now();
    this.#phase = phase;
  }
}
