import type { V1Pod } from "@kubernetes/client-node";
import type { Cluster } from "./cluster.ts";
import type { ClusterView } from "./cluster-view.ts";
import type { ApiPaths } from "./paths.ts";
import { isLost } from "./see-run.ts";

/** A node that has not ended a pod so long after it was killed is not there. */
const forceAfterMs = 5_000;

interface Stop {
  since: number;
  /** When it was first to be killed; null while it drains. */
  killedAt: number | null;
  /** Pods whose end has been hurried, by uid. */
  hurried: Set<string>;
}

/** Ends instances: their Deployments, and with a kill their pods before their time. */
export class Stops {
  readonly #cluster: Cluster;
  readonly #paths: ApiPaths;
  readonly #view: ClusterView;
  readonly #stops = new Map<string, Stop>();

  constructor(cluster: Cluster, paths: ApiPaths, view: ClusterView) {
    this.#cluster = cluster;
    this.#paths = paths;
    this.#view = view;
  }

  /** Kubernetes' garbage collector removes the pods, with their grace, once nothing could make them anew. */
  async stop(instanceId: string, how: "drain" | "kill"): Promise<void> {
    const deployment = this.#view.deployment(instanceId);
    if (!deployment && this.#view.pods(instanceId).length === 0) return this.forget(instanceId);
    const stop = this.#stops.get(instanceId) ?? { since: performance.now(), killedAt: null, hurried: new Set() };
    this.#stops.set(instanceId, stop);
    if (how === "kill") stop.killedAt ??= performance.now();
    if (deployment) await this.#view.deleteDeployment(deployment, "this one");
    await this.#hurryAll(instanceId, stop);
  }

  /** Pods of an instance that is to be killed come to their end only after its Deployment: called at each change. */
  hurry(instanceId: string): void {
    const stop = this.#stops.get(instanceId);
    // Said again by the next change or the next `kill`, should it fail.
    void Promise.all([stop && this.#hurryAll(instanceId, stop), this.#clearLost(instanceId)]).catch(() => {});
  }

  /** Milliseconds since it was asked to end; null where it was not. `seen` is the cluster's own word, of an earlier deployer's asking. */
  drainingMs(instanceId: string, seen: Date | null): number | null {
    const stop = this.#stops.get(instanceId);
    if (stop) return performance.now() - stop.since;
    return seen === null ? null : Math.max(0, Date.now() - seen.getTime());
  }

  forget(instanceId: string): void {
    this.#stops.delete(instanceId);
  }

  /** Removed pods of lost nodes would stay for ever: nobody there can say that they have ended. */
  async #clearLost(instanceId: string): Promise<void> {
    const lost = this.#view.pods(instanceId).filter((pod) => pod.metadata?.deletionTimestamp && isLost(pod));
    await Promise.all(lost.map((pod) => this.#remove(pod, 0)));
  }

  async #hurryAll(instanceId: string, stop: Stop): Promise<void> {
    if (stop.killedAt === null) return;
    const forced = performance.now() - stop.killedAt > forceAfterMs;
    // One without a time of removal still has its maker, who would replace it.
    const ending = this.#view.pods(instanceId).filter((pod) => pod.metadata?.deletionTimestamp);
    const due = ending.filter((pod) => forced || !stop.hurried.has(pod.metadata?.uid ?? ""));
    for (const pod of due) stop.hurried.add(pod.metadata?.uid ?? "");
    await Promise.all(due.map((pod) => this.#remove(pod, forced ? 0 : 1)));
  }

  async #remove(pod: V1Pod, gracePeriodSeconds: number): Promise<void> {
    const { name, uid } = pod.metadata ?? {};
    await this.#cluster.remove(`${this.#paths.pods}/${name}`, { gracePeriodSeconds, preconditions: { uid } });
  }
}
