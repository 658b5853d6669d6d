import type { Observation } from "../drivers/driver.ts";
import { isOwned } from "./orphans.ts";
import { type Plan, plan } from "./plan.ts";
import { rowChange, startFailed } from "./row-change.ts";
import type { InstanceRow, ServiceRow } from "./snapshot.ts";

interface Process {
  pid: number;
  instanceId: string;
  nonce: string;
  startedMs: number;
  readySinceMs: number | null;
  drainingSinceMs: number | null;
  deaf: boolean;
}

/** A seeded stream of numbers in [0, 1). */
export function seeded(seed: number): () => number {
  let state = seed + 0x9e3779b9;
  return () => {
    state = Math.imul(state ^ (state >>> 15), state | 1);
    state ^= state + Math.imul(state ^ (state >>> 7), state | 61);
    return ((state ^ (state >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Rows and processes, and a clock that is moved by hand: small enough to be right, so that plans can be judged by it. */
export class World {
  /** The wall clock, which faults set forth and back. */
  nowMs = Date.UTC(2026, 0, 1);
  /** Never jumps; what drivers measure durations with. */
  #monotonicMs = 0;
  rows: InstanceRow[] = [];
  processes: Process[] = [];
  weights = true;
  spawnable = true;
  service: ServiceRow;
  readonly random: () => number;
  #made = 0;

  constructor(seed: number) {
    this.random = seeded(seed);
    const spec = { serviceId: "svc", accessName: "public/tiny", weightsFile: "w", contextLength: 1, parallel: 1 };
    const wanted = { wanted: "running", wantedInstances: 1, generation: 1, observedGeneration: 0 } as const;
    this.service = { id: "svc", driver: "model", spec, ...wanted, state: "pending", reason: "", reasonData: {} };
  }

  get now(): Date {
    return new Date(this.nowMs);
  }

  get live(): InstanceRow[] {
    return this.rows.filter((row) => row.state !== "stopped");
  }

  want(wanted: ServiceRow["wanted"], wantedInstances: number): void {
    this.service = { ...this.service, wanted, wantedInstances, generation: this.service.generation + 1 };
  }

  /** Time passes: processes come up, and those asked to drain end, but for the deaf. */
  pass(ms: number): void {
    this.nowMs += ms;
    this.#monotonicMs += ms;
    for (const one of this.processes) if (!one.deaf && this.#monotonicMs - one.startedMs > 300) one.readySinceMs ??= this.#monotonicMs;
    this.processes = this.processes.filter(
      (one) => one.deaf || one.drainingSinceMs === null || this.#monotonicMs - one.drainingSinceMs < 500,
    );
  }

  decide(): Plan {
    const observations = new Map(this.live.map((row) => [row.id, this.#observe(row)]));
    const obstacle = this.weights ? null : ({ reason: "weights_missing", data: { file: "w" } } as const);
    return plan({ service: this.service, instances: this.live, observations, obstacle, now: this.now, jitter: this.random() });
  }

  /** Takes the plan's steps as execute.ts does; a deployer that dies takes only the first `steps` of them. */
  take(decided: Plan, steps = Number.POSITIVE_INFINITY): void {
    let left = steps;
    if (left-- <= 0) return;
    const starts: InstanceRow[] = [];
    for (const action of decided.actions) {
      if (action.kind === "create") {
        this.rows.push(this.#newRow());
        continue;
      }
      this.#change(action.instanceId, (row) => rowChange(action, row, this.now)?.patch ?? {});
      if (action.kind === "start") {
        this.#change(action.instanceId, () => ({ nonce: `n${++this.#made}` }));
        starts.push(this.#row(action.instanceId));
      }
    }
    this.service = { ...this.service, ...decided.status };
    for (const action of decided.actions) {
      if (left-- <= 0) return;
      if (action.kind === "terminate") for (const one of this.#of(action.instanceId)) one.drainingSinceMs ??= this.#monotonicMs;
      if (action.kind === "kill") this.processes = this.processes.filter((one) => one.instanceId !== action.instanceId);
      if (action.kind === "start") this.#spawn(this.#row(action.instanceId));
    }
    if (left-- <= 0) return;
    for (const row of starts) this.#recordStart(row);
  }

  endOrphans(): void {
    this.processes = this.processes.filter((one) => {
      const running = { ...one, serviceId: "svc", pidStartedAt: `s${one.pid}`, nonce: one.readySinceMs ? one.nonce : null };
      return isOwned(
        running,
        this.live.find((row) => row.id === one.instanceId),
      );
    });
  }

  /** A process that nobody in the rows started. */
  plant(instanceId: string): void {
    this.processes.push(this.#process(instanceId, "planted"));
  }

  #spawn(row: InstanceRow): void {
    this.processes = this.processes.filter((one) => one.instanceId !== row.id);
    if (this.spawnable) this.processes.push(this.#process(row.id, row.nonce ?? ""));
  }

  #recordStart(row: InstanceRow): void {
    const one = this.processes.find((process) => process.instanceId === row.id && process.nonce === row.nonce);
    this.#change(row.id, (current) =>
      one ? { pid: one.pid, pidStartedAt: `s${one.pid}` } : startFailed(current, "refused", 1_000, this.now).patch,
    );
  }

  #observe(row: InstanceRow): Observation {
    const own = this.#of(row.id);
    const one = row.pid === null ? (own.find((each) => each.nonce === row.nonce) ?? own[0]) : own.find((each) => each.pid === row.pid);
    if (!one) return { phase: "gone", exit: null };
    const answers = one.readySinceMs !== null && !one.deaf && one.nonce === row.nonce;
    const waited = this.#monotonicMs - (answers ? (one.readySinceMs ?? 0) : one.startedMs);
    return {
      phase: answers ? "ready" : one.deaf && one.readySinceMs !== null ? "unreachable" : "starting",
      run: { pid: one.pid, pidStartedAt: `s${one.pid}`, logFile: null },
      endpoint: answers ? `http://127.0.0.1:${one.pid}` : null,
      sinceMs: waited,
      drainingMs: one.drainingSinceMs === null ? null : this.#monotonicMs - one.drainingSinceMs,
    };
  }

  #of(instanceId: string): Process[] {
    return this.processes.filter((one) => one.instanceId === instanceId);
  }

  #process(instanceId: string, nonce: string): Process {
    const started = { startedMs: this.#monotonicMs, readySinceMs: null, drainingSinceMs: null, deaf: false };
    return { pid: ++this.#made, instanceId, nonce, ...started };
  }

  #row(id: string): InstanceRow {
    const row = this.rows.find((one) => one.id === id);
    if (!row) throw new Error(`no row ${id}`);
    return row;
  }

  #change(id: string, patch: (row: InstanceRow) => Partial<InstanceRow>): void {
    this.rows = this.rows.map((row) => (row.id === id ? { ...row, ...patch(row) } : row));
  }

  #newRow(): InstanceRow {
    const none = {
      endpoint: null,
      pid: null,
      pidStartedAt: null,
      nonce: null,
      logFile: null,
      retryAt: null,
      readyAt: null,
      stoppedAt: null,
    };
    const since = { stateSince: this.now, createdAt: this.now };
    const id = `ins_${String(++this.#made).padStart(5, "0")}`;
    return { id, state: "pending", reason: "", reasonData: {}, token: "t", restarts: 0, failures: 0, ...none, ...since };
  }
}
