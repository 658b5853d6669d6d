import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, open } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { processStartTime } from "#lib/process-identity.ts";
import { needsOf } from "../../recipes/needs.ts";
import {
  type Driver,
  type InstanceRef,
  type InstanceSpec,
  type Obstacle,
  type RunFacts,
  type Running,
  StartError,
  type WeightsRef,
} from "../driver.ts";
import { type Claim, type Machine, type RunningClaim, roomFor, tooLittle } from "./capacity.ts";
import { ClaimLock, runningClaims } from "./claims.ts";
import { type EngineProcess, findEngines } from "./command-lines.ts";
import { readDrainMark, writeDrainMark } from "./drain-mark.ts";
import { type InstanceFolder, instanceFolder, listFolders, prepareFolder, pruneFolders, readOwner } from "./folders.ts";
import { createHealthCheck } from "./health.ts";
import { readMachine } from "./machine.ts";
import { isAlive, killAndWait, killGroup, type ProcessId, terminate } from "./process-control.ts";
import { readRunLog, runLogFile } from "./run-log.ts";
import { readEngineState } from "./state-file.ts";
import { type TrackedFacts, TrackedRun } from "./tracked-run.ts";
import { findWeights, type LocalWeights, type ReadyWeights, WeightsSizes } from "./weights.ts";

/** How one engine is started. */
export interface EngineCommand {
  /** The program; absolute. */
  file: string;
  args: string[];
  /** Its whole environment, but for its token, its nonce and its GPUs. */
  env: Record<string, string>;
}

export interface LocalDriverOptions {
  /** Absolute, without symbolic links, so that an engine's command line names it in one way only. */
  dataDir: string;
  weights: LocalWeights;
  /** The weights that the program on this machine loads for a spec; null where it can run none. */
  weightsOf(spec: InstanceSpec): WeightsRef | null;
  /** What keys and values of one token take with the weights at that path; null where they do not tell. */
  cacheBytesPerToken(path: string): Promise<number | null>;
  command(input: { ref: InstanceRef; spec: InstanceSpec; weights: ReadyWeights; stateFile: string }): EngineCommand;
  /** What the machine has; default: this one, as it is. */
  machine?: () => Promise<Machine>;
}

const tickMs = 100;
/** Command lines are read at most this often. */
const scanLifeMs = 1_000;
const killLimitMs = 3_000;
/** What runs is counted at most this often to tell whether there is room; a start counts anew. */
const roomLifeMs = 500;

/** Runs each instance as one process of this machine, in a group of its own, so that it outlives the deployer. */
export function createLocalDriver(options: LocalDriverOptions): Driver {
  return new LocalDriver(options);
}

interface Room {
  machine: Machine;
  running: RunningClaim[];
}

class LocalDriver implements Driver {
  readonly #options: LocalDriverOptions;
  readonly #instancesDir: string;
  readonly #runs = new Map<string, TrackedRun>();
  readonly #health = createHealthCheck();
  readonly #ticker: NodeJS.Timeout;
  #onChange: (serviceId: string) => void = () => {};
  #scan: { at: number; engines: Promise<EngineProcess[]> } | null = null;
  readonly #sizes: WeightsSizes;
  readonly #lock: ClaimLock;
  #room: { at: number; seen: Promise<Room> } | null = null;

  constructor(options: LocalDriverOptions) {
    this.#options = options;
    this.#instancesDir = join(options.dataDir, "instances");
    this.#sizes = new WeightsSizes(options.cacheBytesPerToken);
    this.#lock = new ClaimLock(this.#instancesDir);
    this.#ticker = setInterval(() => this.#tick(), tickMs);
    this.#ticker.unref();
  }

  async obstacle(spec: InstanceSpec) {
    const weights = await findWeights(this.#options.weights, { ...spec, weights: this.#options.weightsOf(spec) });
    if ("obstacle" in weights) return weights.obstacle;
    if (!this.#room || performance.now() - this.#room.at > roomLifeMs) this.#room = { at: performance.now(), seen: this.#look(null) };
    const found = await this.#findRoom(spec, weights, await this.#room.seen);
    return "obstacle" in found ? found.obstacle : null;
  }

  async start(ref: InstanceRef, spec: InstanceSpec) {
    const weights = await findWeights(this.#options.weights, { ...spec, weights: this.#options.weightsOf(spec) });
    if ("obstacle" in weights) throw heldStart(weights.obstacle);
    await mkdir(this.#instancesDir, { recursive: true, mode: 0o700 });
    await this.#endAll(ref.instanceId);
    // Looking for room and taking it is one step: what runs is what counts, so the next one sees this process.
    return this.#lock.run(() => this.#startWhereRoom(ref, spec, weights));
  }

  async #startWhereRoom(ref: InstanceRef, spec: InstanceSpec, weights: ReadyWeights): Promise<RunFacts> {
    const found = await this.#findRoom(spec, weights, await this.#look(ref.instanceId));
    if ("obstacle" in found) throw heldStart(found.obstacle);
    const folder = this.#folder(ref);
    const { claim, contextLength } = found;
    await prepareFolder(folder, { serviceId: ref.serviceId, claim, contextLength });
    const fitted = { ...spec, contextLength };
    const command = this.#options.command({ ref, spec: fitted, weights, stateFile: folder.stateFile });
    const logFile = runLogFile(folder.dir, ref.nonce ?? "");
    const child = await this.#spawn(command, ref, { folder, logFile, claim });
    const pid = child.pid as number;
    const startedAt = await processStartTime(pid);
    if (startedAt === null) throw new StartError("the engine ended at once; its log says why");
    const run = this.#track(ref, { id: { pid, startedAt }, child, contextLength });
    child.once("exit", () => {
      run.markGone();
      this.#onChange(ref.serviceId);
    });
    return { pid, pidStartedAt: startedAt, logFile, host: hostname(), contextLength };
  }

  async #look(exceptInstanceId: string | null): Promise<Room> {
    const [machine, running] = await Promise.all([
      (this.#options.machine ?? readMachine)(),
      runningClaims(this.#instancesDir, exceptInstanceId),
    ]);
    return { machine, running };
  }

  /** What one more instance would get of the machine. */
  async #findRoom(
    spec: InstanceSpec,
    weights: ReadyWeights,
    room: Room,
  ): Promise<{ claim: Claim & { gpus: string[] }; contextLength: number } | { obstacle: Obstacle }> {
    const needs = needsOf(spec, await this.#sizes.of(weights));
    const given = Number(spec.resources.memoryBytes);
    if (needs.memoryBytes > given) return tooLittle("memory", needs.memoryBytes, given);
    const found = roomFor(needs, room.machine, room.running);
    if ("obstacle" in found) return found;
    const { memoryBytes, cpuMilli, contextLength } = needs;
    return { claim: { memoryBytes, cpuMilli, gpus: found.gpus }, contextLength };
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

  async logs(ref: InstanceRef, cursor: string | null) {
    if (ref.nonce === null) return null;
    const file = runLogFile(this.#folder(ref).dir, ref.nonce);
    // Asked before the log is read: what it wrote last is then in it.
    const run = this.#runs.get(ref.instanceId);
    const lives = run && run.ref.nonce === ref.nonce ? run.phase !== "gone" : (await this.#locate(ref)) !== null;
    return readRunLog(file, cursor, !lives);
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

  async #spawn(
    command: EngineCommand,
    ref: InstanceRef,
    place: { folder: InstanceFolder; logFile: string; claim: Claim },
  ): Promise<ChildProcess> {
    const log = await open(place.logFile, "a", 0o600);
    const { gpus } = place.claim;
    try {
      const child = spawn(command.file, command.args, {
        cwd: place.folder.dir,
        detached: true,
        stdio: ["ignore", log.fd, log.fd],
        env: {
          ...command.env,
          ...(gpus.length > 0 ? { CUDA_VISIBLE_DEVICES: gpus.join(",") } : {}),
          NODE_ENV: "production",
          HYDRA_INSTANCE_TOKEN: ref.token,
          HYDRA_INSTANCE_NONCE: ref.nonce ?? "",
        },
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
    if (!id) return null;
    const owner = await readOwner(this.#folder(ref));
    return this.#track(ref, { id, child: null, contextLength: owner?.contextLength ?? null });
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

  #track(ref: InstanceRef, found: Pick<TrackedFacts, "id" | "child" | "contextLength">): TrackedRun {
    const { dir, stateFile } = this.#folder(ref);
    const logFile = ref.nonce === null ? null : runLogFile(dir, ref.nonce);
    const run = new TrackedRun({ ...found, ref, files: { stateFile, logFile }, ask: this.#health.ask });
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

/** Nothing is broken: the instance waits for what is missing. */
function heldStart(obstacle: Obstacle): StartError {
  return new StartError(`cannot start: ${obstacle.reason} ${JSON.stringify(obstacle.data)}`, { obstacle });
}
