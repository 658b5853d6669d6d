import type { V1ContainerState, V1ContainerStatus, V1Pod } from "@kubernetes/client-node";
import type { Cluster } from "#deployer/drivers/kubernetes/cluster.ts";

/** What a node says of a pod's one container. */
export interface ContainerReport {
  state: Record<string, unknown>;
  lastState?: Record<string, unknown>;
  restartCount: number;
  started: boolean;
  ready: boolean;
}

export interface PodReport {
  phase: "Pending" | "Running" | "Failed";
  reason?: string;
  message?: string;
  container: ContainerReport | null;
}

/** Writes what a node sees of a pod, in order, and only what has changed. */
export class PodStatusWriter {
  readonly #cluster: Cluster;
  readonly #path: string;
  readonly #pod: V1Pod;
  readonly #addresses: { podIP: string; hostIP: string };
  #writing: Promise<void> = Promise.resolve();
  #last = "";
  /** Since when each condition is as it is; seconds alone come through. */
  readonly #since = new Map<string, { status: string; lastTransitionTime: string }>();

  constructor(cluster: Cluster, podsPath: string, pod: V1Pod, addresses: { podIP: string; hostIP: string }) {
    this.#cluster = cluster;
    this.#path = `${podsPath}/${pod.metadata?.name}/status`;
    this.#pod = pod;
    this.#addresses = addresses;
  }

  write(report: PodReport): Promise<void> {
    const status = this.#statusOf(report);
    const text = JSON.stringify(status);
    if (text === this.#last) return this.#writing;
    this.#last = text;
    const body = { metadata: { uid: this.#pod.metadata?.uid }, status };
    const request = { body, contentType: "application/strategic-merge-patch+json" };
    // A pod that is gone needs no status.
    this.#writing = this.#writing
      .then(() => this.#cluster.request("PATCH", this.#path, request))
      .then(
        () => {},
        () => {},
      );
    return this.#writing;
  }

  #statusOf({ phase, reason, message, container }: PodReport) {
    const spec = this.#pod.spec?.containers[0];
    const ready = container?.ready ?? false;
    const image = { name: spec?.name ?? "", image: spec?.image ?? "", imageID: "" };
    const { podIP, hostIP } = this.#addresses;
    return {
      phase,
      ...(reason ? { reason, message } : {}),
      hostIP,
      ...(phase === "Running" ? { podIP, podIPs: [{ ip: podIP }] } : {}),
      conditions: [this.#condition("Initialized", true), this.#condition("ContainersReady", ready), this.#condition("Ready", ready)],
      containerStatuses: container ? [{ ...image, ...container, state: container.state as V1ContainerState } as V1ContainerStatus] : [],
    };
  }

  #condition(type: string, holds: boolean) {
    const status = holds ? "True" : "False";
    const known = this.#since.get(type);
    const now = known?.status === status ? known : { status, lastTransitionTime: new Date().toISOString() };
    this.#since.set(type, now);
    return { type, ...now };
  }
}
