import { type Driver, type InstanceRef, type Observation, StartError } from "../driver.ts";
import type { UpstreamEndpoint } from "./endpoint.ts";
import { createProber, type Prober } from "./probe.ts";
import { type ProbeTimes, WatchedEndpoint } from "./watched-endpoint.ts";

export interface UpstreamDriverOptions {
  /** The endpoint of that id as it is kept at this moment; null where it was removed. Throws where that cannot be known. */
  find(endpointId: string): Promise<UpstreamEndpoint | null>;
  /** In [0, 1); spreads probes. */
  random: () => number;
  times?: Partial<ProbeTimes> & { limitMs?: number };
}

const tickMs = 100;
const usualTimes = { steadyMs: 5_000, firstRetryMs: 1_000, longestRetryMs: 60_000, limitMs: 5_000 };
const gone: Observation = { phase: "gone", exit: null };

/**
 * Instances that are endpoints of others. It starts and ends nothing: to start one is to begin asking it whether it answers
 * with the credential and has the model, to stop it is to ask no more.
 */
export function createUpstreamDriver(options: UpstreamDriverOptions): Driver {
  return new UpstreamDriver(options);
}

class UpstreamDriver implements Driver {
  readonly #options: UpstreamDriverOptions;
  readonly #times: Required<ProbeTimes>;
  readonly #prober: Prober;
  readonly #ticker: NodeJS.Timeout;
  readonly #watched = new Map<string, WatchedEndpoint>();
  /** By instance, the nonce of the run that was stopped. */
  readonly #stopped = new Map<string, string | null>();
  #onChange: (serviceId: string) => void = () => {};

  constructor(options: UpstreamDriverOptions) {
    this.#options = options;
    const { limitMs, ...times } = { ...usualTimes, ...options.times };
    this.#times = times;
    this.#prober = createProber(limitMs);
    this.#ticker = setInterval(() => this.#tick(), tickMs);
    this.#ticker.unref();
  }

  /** What stands in the way of one endpoint is told with its instance. */
  async obstacle() {
    return null;
  }

  async start(ref: InstanceRef) {
    const endpoint = await this.#find(ref);
    if (!endpoint) throw new StartError("the service has no endpoint for this instance");
    this.#stopped.delete(ref.instanceId);
    this.#watch(ref, endpoint, false);
    return { pid: null, pidStartedAt: null, logFile: null };
  }

  async observe(ref: InstanceRef) {
    if (ref.nonce === null || this.#stopped.get(ref.instanceId) === ref.nonce) return gone;
    const endpoint = await this.#find(ref);
    if (!endpoint) {
      this.#watched.delete(ref.instanceId);
      return gone;
    }
    const known = this.#watched.get(ref.instanceId);
    // Not known: a deployer before this one has started it.
    const watched = known?.ref.nonce === ref.nonce ? known : this.#watch(ref, endpoint, true);
    watched.use(endpoint);
    return watched.observation();
  }

  /** Calls that run there are the gateways' and go on; new ones do not come once the row says so. */
  async stop(ref: InstanceRef) {
    this.#stopped.set(ref.instanceId, ref.nonce);
    this.#watched.delete(ref.instanceId);
  }

  /** Nothing of ours runs anywhere. */
  async list() {
    return [];
  }

  async end() {}

  async logs() {
    return null;
  }

  async prune(live: ReadonlySet<string>) {
    for (const kept of [this.#stopped, this.#watched]) for (const id of kept.keys()) if (!live.has(id)) kept.delete(id);
  }

  watch(onChange: (serviceId: string) => void) {
    this.#onChange = onChange;
  }

  close() {
    clearInterval(this.#ticker);
    this.#prober.close();
  }

  async #find(ref: InstanceRef): Promise<UpstreamEndpoint | null> {
    return ref.place === null ? null : this.#options.find(ref.place);
  }

  #watch(ref: InstanceRef, endpoint: UpstreamEndpoint, found: boolean): WatchedEndpoint {
    const watched = new WatchedEndpoint(ref, endpoint, { times: this.#times, random: this.#options.random, found });
    this.#watched.set(ref.instanceId, watched);
    return watched;
  }

  #tick(): void {
    for (const watched of this.#watched.values()) {
      if (!watched.due) continue;
      void watched
        .look((endpoint) => this.#prober.probe(endpoint))
        .then((changed) => {
          if (changed && this.#watched.get(watched.ref.instanceId) === watched) this.#onChange(watched.ref.serviceId);
        });
    }
  }
}
