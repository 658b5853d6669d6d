import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import type { V1Container, V1Node, V1Pod } from "@kubernetes/client-node";
import { type Cluster, ClusterError } from "#deployer/drivers/kubernetes/cluster.ts";
import { type ContainerEnd, ContainerProcess } from "./container-process.ts";
import { type ContainerReport, type PodReport, PodStatusWriter } from "./pod-status.ts";
import { runProbe } from "./probes.ts";
import { isImageName, refuse } from "./refuse.ts";

export interface PodPlace {
  cluster: Cluster;
  /** Path of the API for the namespace. */
  namespacePath: string;
  node: V1Node;
  podIP: string;
  hostIP: string;
  /** Why an image cannot be had; null where it can. */
  pullTrouble(image: string): string | null;
}

const retryMs = 300;
/** An image that the node has already is looked up no faster. */
const pullMs = 150;
/** The kubelet begins with 10 s; tests have less time. */
const crashBackoffMs = { first: 2_000, most: 60_000 };

/** What a node does with one pod bound to it, from its first sight to its removal. */
export class PodWorker {
  readonly #place: PodPlace;
  readonly #status: PodStatusWriter;
  readonly #ending = new AbortController();
  #removing = false;
  #pod: V1Pod;
  #process: ContainerProcess | null = null;
  #previous: ContainerProcess | null = null;
  #restarts = 0;
  #lastState: Record<string, unknown> | undefined;
  #started = false;
  #ready = false;
  /** On a node that is cut off: what runs goes on, and nobody hears of it. */
  silent = false;

  constructor(pod: V1Pod, place: PodPlace) {
    this.#pod = pod;
    this.#place = place;
    this.#status = new PodStatusWriter(place.cluster, `${place.namespacePath}/pods`, pod, place);
    void this.#run();
  }

  get podIP(): string {
    return this.#place.podIP;
  }

  get pod(): V1Pod {
    return this.#pod;
  }

  /** The container's life now, and the one before it. */
  get process(): ContainerProcess | null {
    return this.#process;
  }

  get previous(): ContainerProcess | null {
    return this.#previous;
  }

  /** The API has a newer version of the pod; null: it has been removed. */
  update(pod: V1Pod | null): void {
    if (pod) this.#pod = pod;
    if (this.silent) return;
    if (!pod) {
      this.#ending.abort();
      this.#process?.signal("SIGKILL");
    } else if (pod.metadata?.deletionTimestamp && !this.#removing) void this.#end();
  }

  /** Ends what runs, for good; resolves when it has ended. */
  async close(): Promise<void> {
    this.silent = true;
    this.#ending.abort();
    this.#process?.signal("SIGKILL");
    await this.#process?.ended;
  }

  /** The node takes the pod's memory back. */
  async evict(message: string): Promise<void> {
    this.#ending.abort();
    this.#process?.signal("SIGKILL");
    await this.#process?.ended;
    await this.#tell({ phase: "Failed", reason: "Evicted", message, container: null });
  }

  async #run(): Promise<void> {
    const refusal = refuse(this.#pod, this.#place.node);
    if (refusal) return this.#tell({ phase: "Failed", ...refusal, container: null });
    const container = this.#pod.spec?.containers[0];
    if (!container) return;
    const waiting = (reason: string, message = "") =>
      this.#tell({ phase: "Pending", container: this.#report({ waiting: { reason, message } }) });
    await waiting("ContainerCreating");
    await this.#until(() => this.#claimTrouble(), waiting);
    await this.#until(async () => this.#imageTrouble(container.image ?? ""), waiting);
    await this.#pause(pullMs);
    for (let backoffMs = crashBackoffMs.first; !this.#ending.signal.aborted; backoffMs = Math.min(backoffMs * 2, crashBackoffMs.most)) {
      let env: Record<string, string> = {};
      await this.#until(async () => {
        const found = await this.#environment(container);
        if (typeof found !== "string") env = found;
        return typeof found === "string" ? { reason: "CreateContainerConfigError", message: found } : null;
      }, waiting);
      if (this.#ending.signal.aborted) return;
      const end = await this.#live(container, env);
      if (this.#ending.signal.aborted) return;
      // The first restart comes at once, as the kubelet's does.
      if (this.#restarts > 0) {
        await this.#tell({ phase: "Running", container: this.#report({ waiting: { reason: "CrashLoopBackOff" } }) });
        await this.#pause(backoffMs);
      } else await this.#tell({ phase: "Running", container: this.#report({ terminated: end }) });
      this.#restarts += 1;
    }
  }

  /** One life of the container, with its probes; the end of it as the status says it. */
  async #live(container: V1Container, env: Record<string, string>): Promise<Record<string, unknown>> {
    const argv = [...(container.command ?? []), ...(container.args ?? [])];
    const life = new ContainerProcess(argv, { ...env, POD_IP: this.#place.podIP });
    this.#previous = this.#process;
    this.#process = life;
    this.#started = !container.startupProbe;
    this.#ready = false;
    const over = new AbortController();
    const running = () =>
      this.#tell({ phase: "Running", container: this.#report({ running: { startedAt: life.startedAt.toISOString() } }) });
    void running();
    void this.#probe(container, life, over.signal, running);
    const end = await life.ended;
    over.abort();
    this.#started = false;
    this.#ready = false;
    this.#lastState = { terminated: terminated(life, end, container) };
    return this.#lastState.terminated as Record<string, unknown>;
  }

  async #probe(container: V1Container, life: ContainerProcess, signal: AbortSignal, tell: () => Promise<void>): Promise<void> {
    const { startupProbe, readinessProbe, livenessProbe } = container;
    if (startupProbe) {
      const startup = new AbortController();
      await runProbe(startupProbe, this.#place.podIP, AbortSignal.any([signal, startup.signal]), (good) => {
        if (good) this.#started = true;
        else life.signal("SIGKILL");
        startup.abort();
      });
    }
    if (signal.aborted) return;
    this.#ready = !readinessProbe;
    void tell();
    if (readinessProbe) {
      void runProbe(readinessProbe, this.#place.podIP, signal, (good) => {
        this.#ready = good;
        void tell();
      });
    }
    if (livenessProbe) void runProbe(livenessProbe, this.#place.podIP, signal, (good) => good || life.signal("SIGKILL"));
  }

  /** Removal with its grace: the hook first, then SIGTERM, then SIGKILL; what is left of the grace may be shortened meanwhile. */
  async #end(): Promise<void> {
    this.#removing = true;
    this.#ending.abort();
    const life = this.#process;
    if (life?.alive) {
      const over = life.ended.then(() => true);
      const graceEnds = this.#graceEnds(over);
      await Promise.race([this.#preStop(), graceEnds, over]);
      life.signal("SIGTERM");
      await Promise.race([over, graceEnds]);
      life.signal("SIGKILL");
      await over;
    }
    if (this.silent) return;
    const { name, uid } = this.#pod.metadata ?? {};
    await this.#place.cluster
      .remove(`${this.#place.namespacePath}/pods/${name}`, { gracePeriodSeconds: 0, preconditions: { uid } })
      .catch(() => {});
  }

  async #graceEnds(over: Promise<boolean>): Promise<void> {
    const began = performance.now();
    let ended = false;
    void over.then(() => {
      ended = true;
    });
    while (!ended && performance.now() - began < (this.#pod.metadata?.deletionGracePeriodSeconds ?? 30) * 1_000) await sleep(50);
  }

  async #preStop(): Promise<void> {
    const [program, ...args] = this.#pod.spec?.containers[0]?.lifecycle?.preStop?.exec?.command ?? [];
    if (!program) return;
    const hook = spawn(program, args, { stdio: "ignore" });
    await once(hook, "exit");
  }

  #imageTrouble(image: string): Trouble | null {
    if (!isImageName(image)) return { reason: "InvalidImageName", message: `couldn't parse image reference "${image}"` };
    const trouble = this.#place.pullTrouble(image);
    return trouble === null ? null : { reason: "ImagePullBackOff", message: trouble };
  }

  /** A pod waits until its claims are bound. */
  async #claimTrouble(): Promise<Trouble | null> {
    for (const volume of this.#pod.spec?.volumes ?? []) {
      const known = volume.emptyDir ?? volume.persistentVolumeClaim;
      if (!known) return { reason: "ContainerCreating", message: `this agent has no volume such as ${volume.name}` };
      const name = volume.persistentVolumeClaim?.claimName;
      if (!name) continue;
      const claim = (await this.#read(`persistentvolumeclaims/${name}`)) as { status?: { phase?: string } } | null;
      if (claim?.status?.phase !== "Bound") return { reason: "ContainerCreating", message: `claim ${name} is not bound` };
    }
    return null;
  }

  /** The container's variables; a sentence where one cannot be had. */
  async #environment(container: V1Container): Promise<Record<string, string> | string> {
    const env: Record<string, string> = {};
    for (const { name, value, valueFrom } of container.env ?? []) {
      const key = valueFrom?.secretKeyRef;
      if (!valueFrom) env[name] = value ?? "";
      else if (!key) return `this agent takes ${name} from Secrets only`;
      else {
        const secret = (await this.#read(`secrets/${key.name}`)) as { data?: Record<string, string> } | null;
        const data = secret?.data?.[key.key];
        if (data === undefined) return `secret "${key.name}" with key "${key.key}" not found`;
        env[name] = Buffer.from(data, "base64").toString();
      }
    }
    return env;
  }

  async #read(path: string): Promise<unknown> {
    try {
      return await this.#place.cluster.get(`${this.#place.namespacePath}/${path}`);
    } catch (error) {
      if (error instanceof ClusterError && error.status === 404) return null;
      throw error;
    }
  }

  async #until(find: () => Promise<Trouble | null>, tell: (reason: string, message: string) => Promise<void>): Promise<void> {
    while (!this.#ending.signal.aborted) {
      // While the API server is away, nothing can be found out.
      const trouble = await find().catch(() => ({ reason: "ContainerCreating", message: "" }));
      if (!trouble) return;
      await tell(trouble.reason, trouble.message);
      await this.#pause(retryMs);
    }
  }

  async #pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#ending.signal }).catch(() => {});
  }

  #report(state: Record<string, unknown>): ContainerReport {
    const lastState = this.#lastState ? { lastState: this.#lastState } : {};
    return { state, ...lastState, restartCount: this.#restarts, started: this.#started, ready: this.#ready };
  }

  async #tell(report: PodReport): Promise<void> {
    if (!this.silent) await this.#status.write(report);
  }
}

interface Trouble {
  reason: string;
  message: string;
}

function terminated(life: ContainerProcess, end: ContainerEnd, container: V1Container): Record<string, unknown> {
  const failed = end.exitCode !== 0;
  const reason = life.outOfMemory ? "OOMKilled" : failed ? "Error" : "Completed";
  const times = { startedAt: life.startedAt.toISOString(), finishedAt: new Date().toISOString() };
  const message = failed && container.terminationMessagePolicy === "FallbackToLogsOnError" ? { message: life.lastWords } : {};
  // The kubelet, too, tells a signal as 128 and its number.
  return { exitCode: end.exitCode, reason, ...times, ...message };
}
