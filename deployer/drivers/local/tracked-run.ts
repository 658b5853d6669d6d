import type { ChildProcess } from "node:child_process";
import { hostname } from "node:os";
import type { InstanceRef, Observation } from "../driver.ts";
import type { Health } from "./health.ts";
import { isAlive, type ProcessId } from "./process-control.ts";
import { readEngineState } from "./state-file.ts";

/** Between two looks at a run that answers, or should. */
const steadyMs = 1_000;
/** Between two looks at one that is still loading. */
const loadingMs = 100;
const missesAllowed = 2;

export type AskHealth = (endpoint: string, token: string, nonce: string) => Promise<Health>;

export interface RunFiles {
  stateFile: string;
  /** Null while the run is not known by a nonce. */
  logFile: string | null;
}

export interface TrackedFacts {
  id: ProcessId;
  ref: InstanceRef;
  files: RunFiles;
  /** Null where another deployer started it. */
  child: ChildProcess | null;
  /** Tokens of one request that it was started with; null where nobody wrote it down. */
  contextLength: number | null;
  ask: AskHealth;
}

/** What the local driver remembers of one process: looks at it no oftener than makes sense, and counts missed answers. */
export class TrackedRun {
  readonly id: ProcessId;
  readonly ref: InstanceRef;
  readonly #files: RunFiles;
  readonly #contextLength: number | null;
  readonly #ask: AskHealth;
  #endpoint: string | null = null;
  #phase: Observation["phase"] = "starting";
  #since = performance.now();
  #misses = 0;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #looking: Promise<void> | null = null;
  #drainingSince: number | null = null;
  #child: ChildProcess | null;

  constructor(args: TrackedFacts) {
    this.id = args.id;
    this.ref = args.ref;
    this.#files = args.files;
    this.#contextLength = args.contextLength;
    this.#child = args.child;
    this.#ask = args.ask;
  }

  get phase(): Observation["phase"] {
    return this.#phase;
  }

  /** True when the last look is so old that another one says something new. */
  get due(): boolean {
    if (this.#phase === "gone") return false;
    const pauseMs = this.#phase === "starting" && this.#misses === 0 ? loadingMs : steadyMs;
    return performance.now() - this.#lookedAt >= pauseMs;
  }

  /** From now on health says nothing, only whether it lives. */
  markDraining(askedMsAgo: number): void {
    this.#drainingSince ??= performance.now() - askedMsAgo;
  }

  get draining(): boolean {
    return this.#drainingSince !== null;
  }

  /** Its parent was told that it ended. */
  markGone(): void {
    this.#to("gone");
  }

  /** Looks where that is due; concurrent callers share one look. */
  look(): Promise<void> {
    if (!this.#looking && this.due) {
      this.#looking = this.#lookNow().finally(() => {
        this.#looking = null;
      });
    }
    return this.#looking ?? Promise.resolve();
  }

  observation(): Observation {
    if (this.#phase === "gone") return { phase: "gone", exit: exitOf(this.#child) };
    return {
      phase: this.#phase,
      run: {
        pid: this.id.pid,
        pidStartedAt: this.id.startedAt,
        logFile: this.#files.logFile,
        host: hostname(),
        contextLength: this.#contextLength,
      },
      endpoint: this.#endpoint,
      sinceMs: performance.now() - this.#since,
      drainingMs: this.#drainingSince === null ? null : performance.now() - this.#drainingSince,
    };
  }

  async #lookNow(): Promise<void> {
    this.#lookedAt = performance.now();
    if (!(await this.#lives())) return this.#to("gone");
    if (this.#drainingSince !== null) return;
    this.#endpoint ??= await this.#findEndpoint();
    if (this.#endpoint === null || this.ref.nonce === null) return;
    const health = await this.#ask(this.#endpoint, this.ref.token, this.ref.nonce);
    this.#lookedAt = performance.now();
    // It may have ended while it was being asked.
    if (this.phase === "gone") return;
    if (health === "ok") {
      this.#misses = 0;
      return this.#to("ready");
    }
    if (health === "loading" && this.#phase === "starting") {
      this.#misses = 0;
      return;
    }
    this.#misses += 1;
    if (this.#misses > missesAllowed) this.#to("unreachable");
  }

  /** A child that has not been reaped is that child for sure; any other process is known by its start time. */
  async #lives(): Promise<boolean> {
    if (this.#child) return exitOf(this.#child) === null;
    return isAlive(this.id);
  }

  async #findEndpoint(): Promise<string | null> {
    const state = await readEngineState(this.#files.stateFile);
    const own = state && state.pid === this.id.pid && state.startedAt === this.id.startedAt && state.nonce === this.ref.nonce;
    return own ? `http://127.0.0.1:${state.port}` : null;
  }

  #to(phase: Observation["phase"]): void {
    const wasReady = this.#phase === "ready";
    if (wasReady !== (phase === "ready")) this.#since = performance.now();
    this.#phase = phase;
  }
}

function exitOf(child: ChildProcess | null): string | null {
  if (!child) return null;
  return child.signalCode ?? (child.exitCode === null ? null : String(child.exitCode));
}
