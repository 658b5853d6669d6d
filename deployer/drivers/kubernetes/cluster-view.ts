import { setTimeout as sleep } from "node:timers/promises";
import type { V1Deployment, V1Pod, V1Service } from "@kubernetes/client-node";
import { RegionUnreachableError } from "../driver.ts";
import type { Cluster } from "./cluster.ts";
import { ClusterError } from "./cluster.ts";
import { Follower } from "./follow.ts";
import { instanceName, labels, ownSelector } from "./names.ts";
import type { ApiPaths } from "./paths.ts";

const firstLookMs = 5_000;
/** A watch says nothing while nothing changes, so that a dead connection has to be found by asking. */
const heartbeatMs = 4_000;

/** What the cluster has of ours, kept up to date by watches. Everything throws RegionUnreachableError while it may be stale. */
export class ClusterView {
  readonly #cluster: Cluster;
  readonly #paths: ApiPaths;
  readonly #deployments: Follower<V1Deployment>;
  readonly #pods: Follower<V1Pod>;
  readonly #services: Follower<V1Service>;
  readonly #closing = new AbortController();

  constructor(cluster: Cluster, paths: ApiPaths, regionId: string, onChange: (serviceId: string, instanceId: string) => void) {
    this.#cluster = cluster;
    this.#paths = paths;
    const selector = ownSelector(regionId);
    const tell = (object: V1Deployment | V1Pod | V1Service) => {
      const marks = object.metadata?.labels ?? {};
      onChange(marks[labels.service] ?? "", marks[labels.instance] ?? "");
    };
    this.#deployments = new Follower<V1Deployment>(cluster, paths.deployments, selector, tell);
    this.#pods = new Follower<V1Pod>(cluster, paths.pods, selector, tell);
    this.#services = new Follower<V1Service>(cluster, paths.services, selector, tell);
    void this.#beat();
  }

  /** Waits for the first look, then makes sure that what is known is not stale. */
  async current(): Promise<this> {
    const end = performance.now() + firstLookMs;
    while (this.#followers.some((one) => !one.synced) && performance.now() < end && !this.#trouble()) await sleep(10);
    const trouble = this.#trouble();
    if (trouble instanceof RegionUnreachableError) throw trouble;
    if (trouble) throw new RegionUnreachableError(`the Kubernetes API refuses what Hydra needs: ${trouble.message}`, { cause: trouble });
    if (this.#followers.some((one) => !one.synced)) throw new RegionUnreachableError("the Kubernetes API has not answered yet");
    return this;
  }

  deployment(instanceId: string): V1Deployment | null {
    return this.#deployments.get(instanceName(instanceId));
  }

  deployments(): V1Deployment[] {
    return this.#deployments.list();
  }

  service(name: string): V1Service | null {
    return this.#services.get(name);
  }

  pods(instanceId: string): V1Pod[] {
    return this.#pods.list().filter((pod) => pod.metadata?.labels?.[labels.instance] === instanceId);
  }

  allPods(): V1Pod[] {
    return this.#pods.list();
  }

  /** Takes in an answer before its change has come. */
  applied(deployment: V1Deployment, service: V1Service): void {
    this.#deployments.put(deployment);
    this.#services.put(service);
  }

  /** Deletes a Deployment; who looks next sees it gone. `as seen` throws ClusterError (409) where it has changed since. */
  async deleteDeployment(deployment: V1Deployment, only: "this one" | "as seen"): Promise<void> {
    const { name, uid, resourceVersion } = deployment.metadata ?? {};
    const preconditions = only === "as seen" ? { uid, resourceVersion } : { uid };
    await this.#cluster.remove(`${this.#paths.deployments}/${name}`, { preconditions });
    this.#deployments.forget(deployment);
  }

  close(): void {
    this.#closing.abort();
    for (const follower of this.#followers) follower.close();
  }

  get #followers() {
    return [this.#deployments, this.#pods, this.#services];
  }

  #trouble(): Error | null {
    return this.#followers.map((one) => one.trouble).find((trouble) => trouble !== null) ?? null;
  }

  async #beat(): Promise<void> {
    while (!this.#closing.signal.aborted) {
      await sleep(heartbeatMs, undefined, { signal: this.#closing.signal, ref: false }).catch(() => {});
      if (this.#closing.signal.aborted) return;
      try {
        await this.#cluster.get(this.#paths.version);
      } catch (error) {
        if (error instanceof ClusterError) continue;
        for (const follower of this.#followers) follower.interrupt(error as Error);
      }
    }
  }
}
