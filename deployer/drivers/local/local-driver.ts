import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { open, stat } from "node:fs/promises";
import { join } from "node:path";
import { processStartTime } from "#lib/process-identity.ts";
import { type Driver, type InstanceRef, type InstanceSpec, type Running, StartError } from "../driver.ts";
import { type EngineProcess, findEngines } from "./command-lines.ts";
import { readDrainMark, writeDrainMark } from "./drain-mark.ts";
import { type InstanceFolder, instanceFolder, listFolders, prepareFolder, pruneFolders } from "./folders.ts";
import { createHealthCheck } from "./health.ts";
import { isAlive, killAndWait, killGroup, type ProcessId, terminate } from "./process-control.ts";
import { readEngineState } from "./state-file.ts";
import { TrackedRun } from "./tracked-run.ts";

export interface LocalDriverOptions {
  /** Absolute, without symbolic links, so that an engine's command line names it in one way only. */
  dataDir: string;
  /** Where a weights file may lie, in the order to look. */
  weightsCandidates(weightsFile: string): string[];
  /** Node's arguments for one engine. */
  command(input: { ref: InstanceRef; spec: InstanceSpec; weights: string; stateFile: string }): string[];
  /** The engine's whole environment, but for its token and nonce. */
  engineEnv: Record<string, string>;
}

const tickMs = 100;
/** Command lines are read at most this often. */
const scanLifeMs = 1_000;
const killLimitMs = 3_000;

/** Runs each instance as one process of this machine, in a group of its own, so that it outlives the deployer. */
export function createLocalDriver(options: LocalDriverOptions): Driver {
  return new LocalDriver(options);
}

class LocalDriver implements Driver {
  readonly #options: LocalDriverOptions;
  readonly #instancesDir: string;
  readonly #runs = new Map<string, TrackedRun>();
  readonly #health = createHealthCheck();
  readonly #ticker: NodeJS.Timeout;
  #onChange: (serviceId: string) => void = () => {};
  #scan: { at: number; engines: Promise<EngineProcess[]> } | null = null;

  constructor(options: LocalDriverOptions) {
    this.#options = options;
    this.#instancesDir = join(options.dataDir, "instances");
    this.#ticker = setInterval(() => this.#tick(), tickMs);
    this.#ticker.unref();
  }

  async obstacle(spec: InstanceSpec) {
    if (await this.#weights(spec)) return null;
    return { reason: "weights_missing", data: { file: spec.weightsFile ?? "—" } } as const;
  }

  async start(ref: InstanceRef, spec: InstanceSpec) {
    const weights = await this.#weights(spec);
    if (!weights) throw new StartError(`weights file ${spec.weightsFile ?? ""} is missing`);
    const folder = this.#folder(ref);
    await this.#endAll(ref.instanceId);
    await prepareFolder(folder, ref.serviceId);
    const args = this.#options.command({ ref, spec, weights, stateFile: folder.stateFile });
    const child = await this.#spawn(args, ref, folder);
    const pid = child.pid as number;
    const startedAt = await processStartTime(pid);
    if (startedAt === null) throw new StartError("the engine ended at once; its log says why");
    const run = this.#track(ref, { pid, startedAt }, child);
    child.once("exit", () => {
      run.markGone();
      this.#onChange(ref.serviceId);
    });
    return { pid, pidStartedAt: startedAt, logFile: folder.logFile };
  }

  async observe(ref: InstanceRef) {
    const run = await this.#find(ref);
    if (!run) return { phase: "gone", exit: null } as const;
    await run.look();
    return run.observation();
  }

  async stop(ref: InstanceRef, how: "drain" | "kill") {
    const run = await this.#find(ref);
    if (!run || run.phase === "gone") return;
    if (how === "kill") return killGroup(run.id);
    if (run.draining) return;
    // A second SIGTERM would cut the running calls short, so whoever asks first leaves word, also for a deployer after this one.
    const asked = await readDrainMark(this.#folder(ref).drainFile, run.id);
    if (asked === null) await writeDrainMark(this.#folder(ref).drainFile, run.id);
    run.markDraining(asked ?? 0);
    if (asked === null) await terminate(run.id);
  }

  async list() {
    const [folders, engines] = await Promise.all([listFolders(this.#instancesDir), findEngines(this.#instancesDir)]);
    const found = new Map<number, Running>();
    for (const engine of engines) {
      const startedAt = await processStartTime(engine.pid);
      if (startedAt) found.set(engine.pid, { ...engine, pidStartedAt: startedAt, nonce: null });
    }
    for (const instanceId of folders) {
      const state = await readEngineState(instanceFolder(this.#instancesDir, instanceId).stateFile);
      if (!state || !(await isAlive(state))) continue;
      found.set(state.pid, { instanceId, serviceId: state.serviceId, pid: state.pid, pidStartedAt: state.startedAt, nonce: state.nonce });
    }
    return [...found.values()];
  }

  async end({ pid, pidStartedAt }: Running) {
    if (pid !== null && pidStartedAt !== null) await killGroup({ pid, startedAt: pidStartedAt });
  }

  async prune(live: ReadonlySet<string>) {
    for (const [instanceId, run] of this.#runs) if (!live.has(instanceId) && run.phase === "gone") this.#runs.delete(instanceId);
    const running = (await this.list()).map((one) => one.instanceId);
    await pruneFolders(this.#instancesDir, new Set([...live, ...running]));
  }

  watch(onChange: (serviceId: string) => void) {
    this.#onChange = onChange;
  }

  close() {
    clearInterval(this.#ticker);
    this.#health.close();
  }

  /** One process an instance: what an earlier start left goes first. */
  async #endAll(instanceId: string): Promise<void> {
    const known = this.#runs.get(instanceId);
    const ids = await this.#processesOf(instanceId);
    for (const id of known ? [known.id, ...ids] : ids) await killAndWait(id, killLimitMs);
  }

  #folder(ref: InstanceRef): InstanceFolder {
    return instanceFolder(this.#instancesDir, ref.instanceId);
  }

  async #weights(spec: InstanceSpec): Promise<string | null> {
    for (const file of spec.weightsFile ? this.#options.weightsCandidates(spec.weightsFile) : []) {
      if ((await stat(file).catch(() => null))?.isFile()) return file;
    }
    return null;
  }

  async #spawn(args: string[], ref: InstanceRef, folder: InstanceFolder): Promise<ChildProcess> {
    const log = await open(folder.logFile, "a", 0o600);
    try {
      const child = spawn(process.execPath, args, {
        cwd: folder.dir,
        detached: true,
        stdio: ["ignore", log.fd, log.fd],
        env: { ...this.#options.engineEnv, NODE_ENV: "production", HYDRA_INSTANCE_TOKEN: ref.token, HYDRA_INSTANCE_NONCE: ref.nonce ?? "" },
      });
      child.unref();
      await once(child, "spawn");
      return child;
    } catch (cause) {
      throw new StartError(`the engine could not be started: ${(cause as Error).message}`, { cause });
    } finally {
      await log.close();
    }
  }

  /** The run that a row speaks of: remembered, named by the row, or found on this machine. */
  async #find(ref: InstanceRef): Promise<TrackedRun | null> {
    const known = this.#runs.get(ref.instanceId);
    if (known && known.ref.nonce === ref.nonce && (ref.pid === null || known.id.pid === ref.pid)) return known;
    const id = await this.#locate(ref);
    return id ? this.#track(ref, id, null) : null;
  }

  async #locate(ref: InstanceRef): Promise<ProcessId | null> {
    if (ref.pid !== null && ref.pidStartedAt !== null) {
      const id = { pid: ref.pid, startedAt: ref.pidStartedAt };
      return (await isAlive(id)) ? id : null;
    }
    const state = await readEngineState(this.#folder(ref).stateFile);
    if (state && state.nonce === ref.nonce && (await isAlive(state))) return state;
    return (await this.#processesOf(ref.instanceId))[0] ?? null;
  }

  async #processesOf(instanceId: string): Promise<ProcessId[]> {
    const ids: ProcessId[] = [];
    for (const engine of await this.#engines()) {
      const startedAt = engine.instanceId === instanceId ? await processStartTime(engine.pid) : null;
      if (startedAt) ids.push({ pid: engine.pid, startedAt });
    }
    return ids;
  }

  /** What was started since the last scan by this driver is remembered, so a scan may be a little old. */
  #engines(): Promise<EngineProcess[]> {
    if (!this.#scan || performance.now() - this.#scan.at > scanLifeMs) {
      this.#scan = { at: performance.now(), engines: findEngines(this.#instancesDir) };
    }
    return this.#scan.engines;
  }

  #track(ref: InstanceRef, id: ProcessId, child: ChildProcess | null): TrackedRun {
    const { stateFile, logFile } = this.#folder(ref);
    const run = new TrackedRun({ id, ref, files: { stateFile, logFile }, child, ask: this.#health.ask });
    this.#runs.set(ref.instanceId, run);
    return run;
  }

  #tick(): void {
    for (const run of this.#runs.values()) {
      if (!run.due) continue;
      const before = run.phase;
      run.look().then(
        () => run.phase !== before && this.#onChange(run.ref.serviceId),
        // Could not look (out of file handles, say): the reconciler's own look at the next sweep fails and says so.
        () => {},
      );
    }
  }
}
