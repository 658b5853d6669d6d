import { randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { V1Node, V1Pod } from "@kubernetes/client-node";
import type { Cluster } from "#deployer/drivers/kubernetes/cluster.ts";
import { Follower } from "#deployer/drivers/kubernetes/follow.ts";
import { type KubeletServer, startKubeletServer } from "./kubelet-server.ts";
import { PodWorker } from "./pod-worker.ts";
import { ServicePorts } from "./service-ports.ts";

export interface NodeSize {
  name: string;
  cpu: string;
  memory: string;
  gpus: number;
  gpuModel: string | null;
}

export interface NodesOptions {
  /** As an administrator: a kubelet writes nodes, leases and the status of pods. */
  cluster: Cluster;
  namespace: string;
  /** Label and taint of these nodes, so that only pods which ask for them are put here. */
  mark: string;
  nodes: readonly NodeSize[];
}

const heartbeatMs = 2_000;
const markKey = "hydra-test/nodes";

/** What pods need to be put on these nodes. */
export function onlyHere(mark: string) {
  return { nodeSelector: { [markKey]: mark }, tolerations: [{ key: markKey, operator: "Equal" as const, value: mark }] };
}

/**
 * Nodes of this machine that take each bound pod at its word: its command line, environment, probes, hook and grace are
 * obeyed by a real process at an address of its own in 127.0.0.0/8.
 */
export class NodeAgent {
  readonly #options: NodesOptions;
  readonly #workers = new Map<string, PodWorker>();
  readonly #lost = new Set<string>();
  readonly #closing = new AbortController();
  readonly #network = `127.${randomInt(64, 128)}.${randomInt(0, 256)}`;
  readonly #nodes = new Map<string, V1Node>();
  readonly #pullTroubles = new Map<string, string>();
  #nextAddress = 10;
  #kubelet: KubeletServer | null = null;
  #pods: Follower<V1Pod> | null = null;
  #ports: ServicePorts | null = null;

  constructor(options: NodesOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    this.#kubelet = await startKubeletServer(this.#hostIP, (pod, previous) => this.#log(pod, previous));
    for (const size of this.#options.nodes) await this.#register(size);
    this.#pods = new Follower<V1Pod>(this.#options.cluster, `${this.#namespacePath}/pods`, "", (pod) => this.#take(pod));
    const { cluster, namespace } = this.#options;
    const [newAddress, podFor] = [() => this.#newAddress(), (selector: Record<string, string>) => this.#podFor(selector)];
    this.#ports = new ServicePorts({ cluster, namespace, hostIP: this.#hostIP, newAddress, podFor });
    void this.#beat();
  }

  /** Pods with a live process, by the operating system's word. */
  running(): PodWorker[] {
    return [...this.#workers.values()].filter((worker) => worker.process?.alive);
  }

  /** The worker of the pod whose label has that value; the newest where there are several. */
  find(label: string, value: string): PodWorker {
    const found = [...this.#workers.values()].filter((worker) => worker.pod.metadata?.labels?.[label] === value).at(-1);
    if (!found) throw new Error(`no pod with ${label}=${value} on these nodes`);
    return found;
  }

  /** From now on images whose name begins so cannot be had; null mends it. */
  failPulls(prefix: string, message: string | null): void {
    if (message === null) this.#pullTroubles.delete(prefix);
    else this.#pullTroubles.set(prefix, message);
  }

  /** The node is no longer heard of; what runs on it runs on. */
  lose(name: string): void {
    this.#lost.add(name);
    for (const worker of this.#workers.values()) if (worker.pod.spec?.nodeName === name) worker.silent = true;
  }

  /** Ends everything, and takes the nodes out of the cluster. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#pods?.close();
    this.#ports?.close();
    await Promise.all([...this.#workers.values()].map((worker) => worker.close()));
    for (const name of this.#nodes.keys()) await this.#options.cluster.remove(`/api/v1/nodes/${name}`).catch(() => {});
    await this.#kubelet?.close();
  }

  get #namespacePath(): string {
    return `/api/v1/namespaces/${this.#options.namespace}`;
  }

  get #hostIP(): string {
    return `${this.#network}.1`;
  }

  async #register(size: NodeSize): Promise<void> {
    const { cluster, mark } = this.#options;
    const gpu: Record<string, string> = size.gpuModel === null ? {} : { "nvidia.com/gpu.product": size.gpuModel };
    const node: V1Node = {
      apiVersion: "v1",
      kind: "Node",
      metadata: { name: size.name, labels: { "kubernetes.io/hostname": size.name, [markKey]: mark, ...gpu } },
      spec: { taints: [{ key: markKey, value: mark, effect: "NoSchedule" }] },
    };
    await cluster.request("POST", "/api/v1/nodes", { body: node });
    const amounts = { cpu: size.cpu, memory: size.memory, pods: "110", "ephemeral-storage": "100Gi", "nvidia.com/gpu": String(size.gpus) };
    this.#nodes.set(size.name, { ...node, status: { capacity: amounts, allocatable: amounts } });
    await this.#heartbeat(size.name);
  }

  async #beat(): Promise<void> {
    while (!this.#closing.signal.aborted) {
      await sleep(heartbeatMs, undefined, { signal: this.#closing.signal }).catch(() => {});
      const heard = [...this.#nodes.keys()].filter((name) => !this.#lost.has(name) && !this.#closing.signal.aborted);
      // The API server may be away; the next beat tells it.
      await Promise.all(heard.map((name) => this.#heartbeat(name).catch(() => {})));
    }
  }

  async #heartbeat(name: string): Promise<void> {
    const { cluster } = this.#options;
    const now = new Date().toISOString();
    const status = {
      ...this.#nodes.get(name)?.status,
      addresses: [{ type: "InternalIP", address: this.#hostIP }],
      daemonEndpoints: { kubeletEndpoint: { Port: this.#kubelet?.port } },
      conditions: [{ type: "Ready", status: "True", reason: "KubeletReady", message: "the node agent runs", lastHeartbeatTime: now }],
    };
    const contentType = "application/strategic-merge-patch+json";
    await cluster.request("PATCH", `/api/v1/nodes/${name}/status`, { body: { status }, contentType });
    const leases = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases";
    const spec = { holderIdentity: name, leaseDurationSeconds: 40, renewTime: now.replace("Z", "000Z") };
    await cluster.apply(leases, {
      apiVersion: "coordination.k8s.io/v1",
      kind: "Lease",
      metadata: { name, namespace: "kube-node-lease" },
      spec,
    } as object);
  }

  #take(pod: V1Pod): void {
    const uid = pod.metadata?.uid ?? "";
    const worker = this.#workers.get(uid);
    const exists = this.#pods?.get(pod.metadata?.name ?? "")?.metadata?.uid === uid;
    if (worker) {
      worker.update(exists ? pod : null);
      if (!exists && !worker.silent) void worker.process?.ended.then(() => this.#workers.delete(uid));
      return;
    }
    const node = this.#nodes.get(pod.spec?.nodeName ?? "");
    if (!exists || !node || this.#lost.has(node.metadata?.name ?? "") || pod.metadata?.deletionTimestamp) return;
    const { cluster } = this.#options;
    const podIP = this.#newAddress();
    const pullTrouble = (image: string) => this.#pullTrouble(image);
    this.#workers.set(
      uid,
      new PodWorker(pod, { cluster, namespacePath: this.#namespacePath, node, podIP, hostIP: this.#hostIP, pullTrouble }),
    );
  }

  #newAddress(): string {
    return `${this.#network}.${this.#nextAddress++}`;
  }

  #podFor(selector: Record<string, string>): string | null {
    const matches = (labels: Record<string, string> = {}) => Object.entries(selector).every(([name, value]) => labels[name] === value);
    return this.running().find((worker) => matches(worker.pod.metadata?.labels))?.podIP ?? null;
  }

  #pullTrouble(image: string): string | null {
    for (const [prefix, message] of this.#pullTroubles) if (image.startsWith(prefix)) return message;
    return null;
  }

  #log(podName: string, previous: boolean) {
    const worker = [...this.#workers.values()].find((one) => one.pod.metadata?.name === podName);
    const life = previous ? worker?.previous : worker?.process;
    return life?.log ?? null;
  }
}
