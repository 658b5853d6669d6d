import type { Observation, Obstacle } from "../drivers/driver.ts";
import { isOwned } from "./orphans.ts";
import { type Plan, plan } from "./plan.ts";
import { hold, rowChange, startFailed } from "./row-change.ts";
import { instanceRow, serviceRow } from "./rows.fixture.ts";
import { goalOf, type InstanceRow, isCurrent, type ServiceRow } from "./snapshot.ts";

interface Process {
  pid: number;
  instanceId: string;
  nonce: string;
  startedMs: number;
  readySinceMs: number | null;
  drainingSinceMs: number | null;
  deaf: boolean;
}

const away: Obstacle = { reason: "region_unreachable", data: { detail: "cut off" } };
const full: Obstacle = { reason: "insufficient_capacity", data: { resource: "memory", needs: 2, free: 1 } };
const queued: Obstacle = { reason: "unschedulable", data: { resource: "gpu", detail: "no node has one" } };

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
  /** Why nothing can be started; null: it can. */
  obstacle: Obstacle | null = null;
  spawnable = true;
  /** Processes that there is room for. */
  capacity = Number.POSITIVE_INFINITY;
  /** The region cannot be reached; what runs there runs on. */
  away = false;
  /** What is started gets no place to run until this ends. */
  queued = false;
  service: ServiceRow;
  readonly random: () => number;
  #made = 0;

  constructor(seed: number) {
    this.random = seeded(seed);
    this.service = serviceRow({ stateSince: this.now });
  }

  get now(): Date {
    return new Date(this.nowMs);
  }

  get live(): InstanceRow[] {
    return this.rows.filter((row) => row.state !== "stopped");
  }

  want(change: Partial<Pick<ServiceRow, "wanted" | "wantedInstances" | "suspended" | "instanceTypeId" | "places">>): void {
    // A deletion is not taken back.
    if (this.service.wanted === "deleted") return;
    this.service = { ...this.service, ...change, generation: this.service.generation + 1 };
  }

  /** Time passes: processes come up, and those asked to drain end, but for the deaf. */
  pass(ms: number): void {
    this.nowMs += ms;
    this.#monotonicMs += ms;
    for (const one of this.processes) {
      if (!one.deaf && !this.queued && this.#monotonicMs - one.startedMs > 300) one.readySinceMs ??= this.#monotonicMs;
    }
    this.processes = this.processes.filter(
      (one) => one.deaf || one.drainingSinceMs === null || this.#monotonicMs - one.drainingSinceMs < 500,
    );
  }

  decide(): Plan {
    const about = { service: this.service, instances: this.live, now: this.now, jitter: this.random() };
    if (this.away) return plan({ ...about, observations: new Map(), obstacle: null, unreachable: away });
    const observations = new Map(this.live.map((row) => [row.id, this.#observe(row)]));
    return plan({ ...about, observations, obstacle: this.obstacle ?? (this.#isFull ? full : null) });
  }

  /** Takes the plan's steps as execute.ts does; a deployer that dies takes only the first `steps` of them. */
  take(decided: Plan, steps = Number.POSITIVE_INFINITY): void {
    let left = steps;
    if (left-- <= 0) return;
    const starts: InstanceRow[] = [];
    for (const action of decided.actions) {
      if (action.kind === "create") {
        this.rows.push(this.#newRow(action.place));
        continue;
      }
      this.#change(action.instanceId, (row) => rowChange(action, row, this.now)?.patch ?? {});
      if (action.kind === "start") {
        this.#change(action.instanceId, () => ({ nonce: `n${++this.#made}` }));
        starts.push(this.#row(action.instanceId));
      }
    }
    const stateSince = decided.status.state === this.service.state ? this.service.stateSince : this.now;
    this.service = { ...this.service, ...decided.status, stateSince };
    for (const action of decided.actions) {
      if (left-- <= 0) return;
      if (this.away) continue;
      if (action.kind === "terminate") for (const one of this.#of(action.instanceId)) one.drainingSinceMs ??= this.#monotonicMs;
      if (action.kind === "kill") this.processes = this.processes.filter((one) => one.instanceId !== action.instanceId);
      if (action.kind === "start") this.#spawn(this.#row(action.instanceId));
    }
    if (left-- <= 0) return;
    for (const row of starts) this.#recordStart(row);
  }

  endOrphans(): void {
    if (this.away) return;
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

  get #isFull(): boolean {
    return this.processes.length >= this.capacity;
  }

  #spawn(row: InstanceRow): void {
    this.processes = this.processes.filter((one) => one.instanceId !== row.id);
    if (this.spawnable && !this.#isFull) this.processes.push(this.#process(row.id, row.nonce ?? ""));
  }

  #recordStart(row: InstanceRow): void {
    if (this.away) return;
    const one = this.processes.find((process) => process.instanceId === row.id && process.nonce === row.nonce);
    this.#change(row.id, (current) => {
      if (one) return { pid: one.pid, pidStartedAt: `s${one.pid}` };
      return this.#isFull ? hold(current, full, this.now).patch : startFailed(current, "refused", 1_000, this.now).patch;
    });
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
      waiting: this.queued && one.readySinceMs === null ? queued : null,
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

  #newRow(upstreamEndpointId: string | null): InstanceRow {
    const since = { stateSince: this.now, createdAt: this.now };
    const { instanceTypeId } = this.service;
    return instanceRow({ id: `ins_${String(++this.#made).padStart(5, "0")}`, instanceTypeId, upstreamEndpointId, ...since });
  }
}

/** As many instances as wanted, in rows and processes alike, all of the wanted type and at the wanted endpoints. */
export function isAsWanted({ service, live, processes }: World): boolean {
  const goal = goalOf(service);
  const wanted = goal !== "running" ? 0 : (service.places?.length ?? service.wantedInstances);
  const pids = (list: readonly { pid: number | null }[]) =>
    list
      .map((one) => one.pid)
      .sort()
      .join();
  return (
    service.state === goal &&
    service.observedGeneration === service.generation &&
    live.length === wanted &&
    live.every((row) => row.state === "ready" && isCurrent(service, row)) &&
    pids(live) === pids(processes) &&
    new Set(live.map((row) => row.nonce)).size === wanted &&
    (wanted === 0 || service.places === null || service.places.every((place) => live.some((row) => row.upstreamEndpointId === place)))
  );
}
