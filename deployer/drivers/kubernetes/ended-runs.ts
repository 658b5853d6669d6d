import type { V1Pod } from "@kubernetes/client-node";
import type { Obstacle } from "../driver.ts";
import { type Cluster, ClusterError } from "./cluster.ts";
import type { ClusterView } from "./cluster-view.ts";
import { nonceAnnotation } from "./names.ts";
import type { ApiPaths } from "./paths.ts";
import { lastWords, readPodLog, type StampedLine } from "./pod-log.ts";
import { type RunSight, seeRun } from "./see-run.ts";

/** What is remembered of a run that ended by itself. */
export interface EndedRun {
  exit: string | null;
  cause: Obstacle | null;
  log: readonly StampedLine[];
}

const most = 500;
const lookAgainMs = 200;

/**
 * Runs that ended by themselves, by their nonce; the oldest are forgotten. What is left of them is cleared away, because
 * Kubernetes would start it again at once and for ever: while a deployer watches, the deployer's backoff decides. The
 * remembered end keeps a run gone, whatever Kubernetes does until then.
 */
export class EndedRuns {
  readonly #runs = new Map<string, EndedRun>();
  readonly #clearing = new Set<string>();
  readonly #cluster: Cluster;
  readonly #paths: ApiPaths;
  readonly #view: ClusterView;

  constructor(cluster: Cluster, paths: ApiPaths, view: ClusterView) {
    this.#cluster = cluster;
    this.#paths = paths;
    this.#view = view;
  }

  get(nonce: string | null): EndedRun | null {
    return (nonce !== null && this.#runs.get(nonce)) || null;
  }

  /** Something of an instance has changed: remembers an end, and clears away what is left of it. */
  look(instanceId: string): void {
    const deployment = this.#view.deployment(instanceId);
    const nonce = deployment?.metadata?.annotations?.[nonceAnnotation];
    if (!deployment || !nonce || this.#clearing.has(nonce)) return;
    const sight = seeRun(nonce, deployment, this.#view.pods(instanceId));
    if (sight.kind !== "ended" && !this.#runs.has(nonce)) return;
    this.#clearing.add(nonce);
    void this.#clear(nonce, instanceId, sight)
      .then(
        () => false,
        // It has changed meanwhile; or the cluster is away, and a change or the next start comes after that.
        (error) => error instanceof ClusterError && error.status === 409,
      )
      .then((changed) => {
        this.#clearing.delete(nonce);
        if (changed) setTimeout(() => this.look(instanceId), lookAgainMs).unref();
      });
  }

  async #clear(nonce: string, instanceId: string, sight: RunSight): Promise<void> {
    if (sight.kind === "ended" && !this.#runs.has(nonce)) {
      const { exit, cause, pod } = sight;
      this.#remember(nonce, { exit, cause, log: lastWords(pod) });
      const log = await this.#logOf(pod);
      if (log.length > 0) this.#remember(nonce, { exit, cause, log });
    }
    // Another deployer may have started the next run with it, or be about to.
    const deployment = this.#view.deployment(instanceId);
    if (deployment?.metadata?.annotations?.[nonceAnnotation] === nonce) await this.#view.deleteDeployment(deployment, "as seen");
  }

  /** Its container may have been started again since. */
  async #logOf(pod: V1Pod): Promise<StampedLine[]> {
    const read = (previous: boolean) => readPodLog(this.#cluster, this.#paths.pods, pod, { since: null, previous });
    const before = await read(true);
    return before.length > 0 ? before : read(false);
  }

  #remember(nonce: string, run: EndedRun): void {
    this.#runs.set(nonce, run);
    for (const oldest of this.#runs.keys()) {
      if (this.#runs.size <= most) return;
      this.#runs.delete(oldest);
    }
  }
}
