import type { V1Deployment, V1OwnerReference, V1Secret, V1Service } from "@kubernetes/client-node";
import {
  type Driver,
  type InstanceRef,
  type InstanceSpec,
  type LogPart,
  type Observation,
  type Obstacle,
  type RegionSpec,
  RegionUnreachableError,
  type RunFacts,
  type Running,
  regionUnreachable,
  StartError,
} from "../driver.ts";
import { Cluster, ClusterError } from "./cluster.ts";
import { ClusterView } from "./cluster-view.ts";
import { EndedRuns } from "./ended-runs.ts";
import { endpointOf } from "./endpoint.ts";
import { labels, nonceAnnotation, runLabel, runName } from "./names.ts";
import { deploymentOf, secretOf, serviceOf, type Wanted } from "./objects.ts";
import { type ApiPaths, apiPaths } from "./paths.ts";
import { partAfter, readPodLog } from "./pod-log.ts";
import { type RunSight, seeRun } from "./see-run.ts";
import { type KubernetesSettings, parseSettings } from "./settings.ts";
import { applyShared, pruneShared } from "./shared-objects.ts";
import { Stops } from "./stops.ts";
import { unservable } from "./vllm.ts";

/** Runs each instance as one Deployment of one pod in the region's cluster. The cluster is asked from the first call on. */
export function createKubernetesDriver(options: { region: RegionSpec }): Driver {
  return new KubernetesDriver(options.region);
}

interface Connection {
  settings: KubernetesSettings;
  cluster: Cluster;
  view: ClusterView;
  paths: ApiPaths;
  stops: Stops;
  ended: EndedRuns;
}

class KubernetesDriver implements Driver {
  readonly #region: RegionSpec;
  /** Since when each run has been ready, or else not: instance id → nonce, and a clock that never jumps. */
  readonly #phases = new Map<string, { nonce: string | null; ready: boolean; since: number }>();
  #connection: Connection | null = null;
  #closed = false;
  #onChange: (serviceId: string) => void = () => {};

  constructor(region: RegionSpec) {
    this.#region = region;
  }

  async obstacle(spec: InstanceSpec): Promise<Obstacle | null> {
    try {
      await this.#connect().view.current();
    } catch (error) {
      if (error instanceof RegionUnreachableError) return regionUnreachable(error);
      throw error;
    }
    return unservable(spec);
  }

  async start(ref: InstanceRef, spec: InstanceSpec): Promise<RunFacts> {
    const { settings, stops, view } = this.#connect();
    const obstacle = unservable(spec);
    if (obstacle) throw new StartError(`this model cannot be served here: ${obstacle.data.detail ?? obstacle.data.file}`, { obstacle });
    if (ref.nonce === null) throw new StartError("a start needs a nonce");
    await view.current();
    stops.forget(ref.instanceId);
    await this.#clearEnded(ref.instanceId);
    try {
      await this.#apply({ ref: { ...ref, nonce: ref.nonce }, spec: { ...spec, serviceId: ref.serviceId }, settings });
    } catch (error) {
      if (!(error instanceof ClusterError)) throw error;
      throw new StartError(`the cluster refused it: ${error.message}`, { cause: error });
    }
    return { ...noProcess, host: null, podName: null };
  }

  async observe(ref: InstanceRef): Promise<Observation> {
    const view = await this.#connect().view.current();
    const sight = this.#see(view, ref);
    if (sight.kind === "absent" || sight.kind === "ended") return this.#gone(ref, sight);
    return this.#live(ref, sight, view);
  }

  async stop(ref: InstanceRef, how: "drain" | "kill"): Promise<void> {
    const { view, stops } = this.#connect();
    await view.current();
    await stops.stop(ref.instanceId, how);
  }

  async list(): Promise<Running[]> {
    const view = await this.#connect().view.current();
    return view.deployments().map((deployment) => ({
      instanceId: deployment.metadata?.labels?.[labels.instance] ?? "",
      serviceId: deployment.metadata?.labels?.[labels.service] ?? null,
      ...{ pid: null, pidStartedAt: null },
      nonce: deployment.metadata?.annotations?.[nonceAnnotation] ?? null,
    }));
  }

  async end(running: Running): Promise<void> {
    const { view, stops } = this.#connect();
    const deployment = (await view.current()).deployment(running.instanceId);
    // Another run of that instance has begun since it was listed.
    if (deployment?.metadata?.annotations?.[nonceAnnotation] !== running.nonce) return;
    await stops.stop(running.instanceId, "kill");
  }

  async logs(ref: InstanceRef, cursor: string | null): Promise<LogPart | null> {
    const { cluster, view, paths, ended } = this.#connect();
    const since = cursor || null;
    const kept = ended.get(ref.nonce);
    if (kept) return partAfter(kept.log, since);
    await view.current();
    const pod = view.pods(ref.instanceId).find((one) => ref.nonce !== null && one.metadata?.labels?.[labels.run] === runLabel(ref.nonce));
    return pod ? partAfter(await readPodLog(cluster, paths.pods, pod, { since, previous: false }), since) : null;
  }

  async prune(): Promise<void> {
    const { cluster, view, paths } = this.#connect();
    await pruneShared(cluster, paths, await view.current(), this.#region.id);
    const known = new Set(view.deployments().map((one) => one.metadata?.labels?.[labels.instance]));
    for (const instanceId of this.#phases.keys()) if (!known.has(instanceId)) this.#phases.delete(instanceId);
  }

  watch(onChange: (serviceId: string) => void): void {
    this.#onChange = onChange;
    // Nothing can be told before the cluster is followed; where it cannot be, the next call says why.
    try {
      this.#connect();
    } catch {}
  }

  close(): void {
    this.#closed = true;
    this.#connection?.view.close();
    this.#connection?.cluster.close();
  }

  /** A wrong kubeconfig or wrong settings are a region that cannot be reached, until they are put right. */
  #connect(): Connection {
    if (this.#connection) return this.#connection;
    if (this.#closed) throw new RegionUnreachableError("the driver is closed");
    let settings: KubernetesSettings;
    try {
      settings = parseSettings(this.#region.settings);
    } catch (cause) {
      throw new RegionUnreachableError((cause as Error).message, { cause });
    }
    const cluster = new Cluster(settings);
    const paths = apiPaths(settings.namespace);
    const view = new ClusterView(cluster, paths, this.#region.id, (serviceId, instanceId) => this.#changed(serviceId, instanceId));
    const [stops, ended] = [new Stops(cluster, paths, view), new EndedRuns(cluster, paths, view)];
    this.#connection = { settings, cluster, view, paths, stops, ended };
    return this.#connection;
  }

  #see(view: ClusterView, ref: Pick<InstanceRef, "instanceId" | "nonce">): RunSight {
    return ref.nonce === null ? { kind: "absent" } : seeRun(ref.nonce, view.deployment(ref.instanceId), view.pods(ref.instanceId));
  }

  #gone(ref: InstanceRef, sight: RunSight): Observation {
    const { exit, cause } = sight.kind === "ended" ? sight : (this.#connect().ended.get(ref.nonce) ?? { exit: null, cause: null });
    return { phase: "gone", exit, cause };
  }

  #live(ref: InstanceRef, sight: Extract<RunSight, { kind: "live" }>, view: ClusterView): Observation {
    // What is left of a run that ended by itself is on its way out; the row must not wait for it.
    const { settings, stops, ended } = this.#connect();
    if (ended.get(ref.nonce)) return this.#gone(ref, sight);
    const name = runName(ref.instanceId, ref.nonce ?? "");
    const endpoint = sight.pod ? endpointOf(settings.reach, name, sight.pod, view.service(name)) : null;
    const unreached = sight.phase === "ready" && endpoint === null;
    const phase = unreached ? "starting" : sight.phase;
    const sinceMs = this.#sinceMs(ref, phase === "ready");
    const slow = phase === "starting" && sinceMs > longLoadMs ? longLoad : null;
    return {
      phase,
      run: { ...noProcess, host: sight.pod?.spec?.nodeName ?? null, podName: sight.pod?.metadata?.name ?? null },
      endpoint,
      sinceMs,
      drainingMs: stops.drainingMs(ref.instanceId, sight.leavingSince),
      waiting: unreached ? noAddress : (sight.waiting ?? slow),
    };
  }

  #sinceMs(ref: InstanceRef, ready: boolean): number {
    const known = this.#phases.get(ref.instanceId);
    if (known && known.nonce === ref.nonce && known.ready === ready) return performance.now() - known.since;
    this.#phases.set(ref.instanceId, { nonce: ref.nonce, ready, since: performance.now() });
    return 0;
  }

  /** An ended run's Deployment would hold the new one up until its pods are gone, and those of a lost node never go. */
  async #clearEnded(instanceId: string): Promise<void> {
    const { view, ended } = this.#connect();
    const known = view.deployment(instanceId);
    const nonce = known?.metadata?.annotations?.[nonceAnnotation] ?? null;
    if (!known || nonce === null) return;
    const isOver = ended.get(nonce) !== null || seeRun(nonce, known, view.pods(instanceId)).kind === "ended";
    if (isOver) await view.deleteDeployment(known, "this one");
  }

  async #apply(wanted: Wanted): Promise<void> {
    const { cluster, view, paths } = this.#connect();
    const deployment = await cluster.apply<V1Deployment>(paths.deployments, deploymentOf(wanted));
    const owner = ownerOf(deployment);
    // The pod waits for these. Owned by the Deployment, Secret and Service go with it.
    const [service] = await Promise.all([
      cluster.apply<V1Service>(paths.services, serviceOf(wanted, owner)),
      cluster.apply<V1Secret>(paths.secrets, secretOf(wanted, owner)),
      applyShared(cluster, paths, wanted),
    ]);
    view.applied(deployment, service);
  }

  #changed(serviceId: string, instanceId: string): void {
    const { stops, ended } = this.#connect();
    ended.look(instanceId);
    stops.hurry(instanceId);
    this.#onChange(serviceId);
  }
}

const noProcess = { pid: null, pidStartedAt: null, logFile: null } as const;
/** Images and weights may be hundreds of gigabytes: after this long the pod's own startup probe decides how long is too long. */
const longLoadMs = 60_000;
const longLoad: Obstacle = { reason: "loading_weights", data: {} };
const noAddress: Obstacle = {
  reason: "unschedulable",
  data: { resource: "address", detail: "the cluster has not given its Service an address yet" },
};

function ownerOf(deployment: V1Deployment): V1OwnerReference {
  const { name = "", uid = "" } = deployment.metadata ?? {};
  return { apiVersion: "apps/v1", kind: "Deployment", name, uid };
}
