import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { open } from "node:fs/promises";
import { rootDir } from "#lib/config.ts";
import { processStartTime } from "#lib/process-identity.ts";
import { nodeFlags } from "../setup/node.mjs";
import { say } from "../setup/progress.mjs";
import { logFile, rotateLog } from "./log-file.ts";
import { endProcess, type ProcessIdentity } from "./process-group.ts";
import type { ProcessList } from "./process-list.ts";
import type { StopRequest } from "./stop-request.ts";

const firstBackoffMs = 1_000;
const longestBackoffMs = 30_000;
/** A child that ran for so long has recovered: its next crash starts at the shortest backoff again. */
const settledMs = 60_000;

/** What `hydra up` runs, as data. */
export interface ChildSpec {
  /** As in messages and in the log's name. */
  name: string;
  /** Of node: a script, relative to the checkout, and its arguments. */
  args: string[];
  /** Whether it serves; `pid` is the child's own. */
  ready(pid: number): Promise<boolean>;
  stop: { signal: NodeJS.Signals; limitMs: number };
  /** Files and folders whose change restarts it in development. */
  sources: string[];
}

export interface ChildSurroundings {
  logsDir: string;
  list: ProcessList;
  /** Read at each start: a restarted PostgreSQL may have another address. */
  env(): NodeJS.ProcessEnv;
}

/** One supervised process: started in its own session, restarted with backoff when it ends unasked, stopped for good. */
export class Child {
  readonly spec: ChildSpec;
  readonly #around: ChildSurroundings;
  #identity: ProcessIdentity | null = null;
  #wanted = true;
  #restarting = false;
  #timer: NodeJS.Timeout | undefined;
  #backoffMs = firstBackoffMs;
  #running: Promise<void> = Promise.resolve();
  /** How often it ended unasked. */
  crashes = 0;

  constructor(spec: ChildSpec, around: ChildSurroundings) {
    this.spec = spec;
    this.#around = around;
  }

  get pid(): number | null {
    return this.#identity?.pid ?? null;
  }

  get logFile(): string {
    return logFile(this.#around.logsDir, this.spec.name);
  }

  async start(): Promise<void> {
    await rotateLog(this.logFile);
    await this.#spawn();
  }

  async isReady(): Promise<boolean> {
    return this.pid !== null && (await this.spec.ready(this.pid).catch(() => false));
  }

  /** Ends it, and lets it come back at once: its sources or its surroundings have changed. */
  async restart(): Promise<void> {
    if (!this.#identity || this.#restarting) return;
    this.#restarting = true;
    await endProcess(this.#identity, "SIGTERM", () => this.spec.stop.limitMs);
  }

  /** Ends it for good. Resolves with whether it had to be killed. */
  async stop(request: StopRequest): Promise<boolean> {
    this.#wanted = false;
    clearTimeout(this.#timer);
    await this.#running;
    if (!this.#identity) return false;
    const { signal, limitMs } = this.spec.stop;
    const killed = await endProcess(this.#identity, signal, () => request.limitMs(limitMs));
    this.#around.list.set(this.spec.name, null);
    return killed;
  }

  #spawn(): Promise<void> {
    this.#running = this.#spawnNow();
    return this.#running;
  }

  async #spawnNow(): Promise<void> {
    const log = await open(this.logFile, "a", 0o600);
    try {
      const child = spawn(process.execPath, [...nodeFlags, ...this.spec.args], {
        cwd: rootDir,
        env: this.#around.env(),
        // Its own session: a terminal's Ctrl-C must reach us alone, so that the order of stopping is ours.
        detached: true,
        stdio: ["ignore", log.fd, log.fd],
      });
      const startedMs = performance.now();
      child.once("exit", (code, signal) => this.#onExit(signal ?? `code ${code}`, startedMs));
      await this.#enlist(child);
    } finally {
      await log.close();
    }
  }

  async #enlist(child: ChildProcess): Promise<void> {
    if (child.pid === undefined) await once(child, "spawn");
    const pid = child.pid as number;
    const startedAt = await processStartTime(pid);
    // Ended already: its exit event follows.
    if (startedAt === null) return;
    this.#identity = { pid, startedAt };
    this.#around.list.set(this.spec.name, this.#identity);
  }

  #onExit(how: string, startedMs: number): void {
    this.#identity = null;
    if (!this.#wanted) return;
    if (this.#restarting) {
      this.#restarting = false;
      say(`The ${this.spec.name} starts again.`);
      void this.#spawn().catch((error: unknown) => this.#onSpawnFailure(error));
      return;
    }
    this.crashes += 1;
    if (performance.now() - startedMs > settledMs) this.#backoffMs = firstBackoffMs;
    say(`The ${this.spec.name} ended unexpectedly (${how}); it starts again in ${this.#backoffMs / 1_000} s. Log: ${this.logFile}`);
    this.#startLater();
  }

  #startLater(): void {
    this.#timer = setTimeout(() => void this.#spawn().catch((error: unknown) => this.#onSpawnFailure(error)), this.#backoffMs);
    this.#backoffMs = Math.min(this.#backoffMs * 2, longestBackoffMs);
  }

  #onSpawnFailure(error: unknown): void {
    if (!this.#wanted) return;
    say(
      `The ${this.spec.name} could not be started (${error instanceof Error ? error.message : error}); next try in ${this.#backoffMs / 1_000} s.`,
    );
    this.#startLater();
  }
}
