import type { Observation, Obstacle } from "../drivers/driver.ts";
import type { Action, InstanceAction } from "./actions.ts";
import { backoffMs, waitMs } from "./backoff.ts";
import { rowChange } from "./row-change.ts";
import type { InstanceRow, ServiceRow, ServiceStatus } from "./snapshot.ts";
import { sameData, serviceStatus } from "./status.ts";

/** Time for gateways to notice that an instance is no longer ready, before it is told to end. */
export const noticeMs = 1_000;
/** An engine drains for 10 s; a little more before it is killed. */
export const drainLimitMs = 11_000;
/** Large weights take minutes to load from a cold disk. */
export const startLimitMs = 300_000;
/** After this long healthy, earlier failures are forgotten. */
export const settleMs = 60_000;
/** Missed health answers come a second apart; three make an instance lost. */
const healthLostSeconds = 3;

export interface PlanInput {
  service: ServiceRow;
  /** Those that have not stopped. */
  instances: readonly InstanceRow[];
  /** By instance id; an instance without one is seen as gone. */
  observations: ReadonlyMap<string, Observation>;
  /** Why no start can succeed at present; null where one can. */
  obstacle: Obstacle | null;
  now: Date;
  /** In [0, 1): spreads restarts. */
  jitter: number;
}

export interface Plan {
  actions: Action[];
  /** What the service's row says once the actions are written. */
  status: ServiceStatus;
  /** When to look again, though nothing changes until then; null: whenever. */
  wakeMs: number | null;
}

interface Step {
  action: InstanceAction | null;
  wakeMs: number | null;
}

/** Decides, from what is wanted and what is seen, what to do next. Pure; looks only one step ahead, the next plan does the rest. */
export function plan(input: PlanInput): Plan {
  const leaving = surplus(input);
  const steps = input.instances.map((row) => {
    const seen = input.observations.get(row.id) ?? { phase: "gone", exit: null };
    return leaving.has(row.id) ? { row, ...leave(row, seen) } : { row, ...next(row, seen, input) };
  });
  const actions: Action[] = steps.flatMap((step) => (step.action ? [step.action] : []));
  const after = steps.map(({ row, action }) => ({ ...row, ...(action && rowChange(action, row, input.now)?.patch) }));
  for (let missing = shortage(input, leaving.size); missing > 0; missing--) {
    actions.push({ kind: "create" });
    after.push(blankRow(input.now));
  }
  const wakes = steps.flatMap((step) => (step.wakeMs === null ? [] : [step.wakeMs]));
  return { actions, status: serviceStatus(input.service, after), wakeMs: wakes.length > 0 ? Math.min(...wakes) : null };
}

/** Rows that are one too many: those not ready first, then the newest. */
function surplus({ service, instances }: PlanInput): Set<string> {
  const kept = instances.filter((row) => row.state !== "draining");
  const wanted = service.wanted === "running" ? service.wantedInstances : 0;
  const progress = (row: InstanceRow) => (row.state === "ready" ? 2 : row.state === "starting" ? 1 : 0);
  const order = kept.toSorted(
    (a, b) => progress(a) - progress(b) || b.createdAt.getTime() - a.createdAt.getTime() || (a.id < b.id ? 1 : -1),
  );
  return new Set(order.slice(0, Math.max(0, kept.length - wanted)).map((row) => row.id));
}

function shortage({ service, instances }: PlanInput, leaving: number): number {
  if (service.wanted !== "running") return 0;
  const kept = instances.filter((row) => row.state !== "draining").length - leaving;
  return service.wantedInstances - kept;
}

function leave(row: InstanceRow, seen: Observation): Step {
  const idle = (row.state === "pending" || row.state === "backoff") && seen.phase === "gone";
  return act({ kind: idle ? "stopped" : "drain", instanceId: row.id });
}

function next(row: InstanceRow, seen: Observation, input: PlanInput): Step {
  switch (row.state) {
    case "pending":
    case "backoff":
      return seen.phase === "gone" ? restart(row, input) : act({ kind: "kill", instanceId: row.id }, 250);
    case "starting":
      return start(row, seen, input);
    case "ready":
      return keep(row, seen, input);
    case "draining":
      return drain(row, seen, input.now);
    case "stopped":
      return wait(null);
  }
}

function restart(row: InstanceRow, { obstacle, now }: PlanInput): Step {
  const leftMs = waitMs(row.retryAt, now);
  if (leftMs > 0) return wait(leftMs);
  if (!obstacle) return act({ kind: "start", instanceId: row.id });
  const held = row.state === "backoff" && row.retryAt === null && row.reason === obstacle.reason && sameData(row.reasonData, obstacle.data);
  return held ? wait(null) : act({ kind: "hold", instanceId: row.id, obstacle });
}

function start(row: InstanceRow, seen: Observation, input: PlanInput): Step {
  if (seen.phase === "gone") {
    // Without a process in the row the start itself was lost: that is nobody's failure.
    return row.pid === null ? restart({ ...row, retryAt: null }, input) : act(exited(row, seen.exit, input));
  }
  if (seen.phase === "ready" && seen.endpoint !== null) {
    return act({ kind: "ready", instanceId: row.id, endpoint: seen.endpoint, run: seen.run });
  }
  if (seen.sinceMs >= startLimitMs) return act(fail(row, "start_timeout", startLimitMs / 1_000, input));
  if (row.pid === null && seen.run.pid !== null) return act({ kind: "adopt", instanceId: row.id, run: seen.run });
  return wait(startLimitMs - seen.sinceMs);
}

function keep(row: InstanceRow, seen: Observation, input: PlanInput): Step {
  if (seen.phase === "gone") return act(exited(row, seen.exit, input));
  if (seen.phase === "unreachable") return act(fail(row, "health_lost", healthLostSeconds, input));
  if (row.failures === 0 || seen.phase !== "ready") return wait(null);
  return seen.sinceMs >= settleMs ? act({ kind: "settle", instanceId: row.id }) : wait(settleMs - seen.sinceMs);
}

function drain(row: InstanceRow, seen: Observation, now: Date): Step {
  if (seen.phase === "gone") return act({ kind: "stopped", instanceId: row.id });
  if (seen.drainingMs === null) {
    const ageMs = now.getTime() - row.stateSince.getTime();
    // Nobody calls one that never was ready; a negative age is a clock set back.
    const leftMs = row.readyAt === null || ageMs < 0 ? 0 : noticeMs - ageMs;
    return leftMs > 0 ? wait(leftMs) : act({ kind: "terminate", instanceId: row.id }, drainLimitMs);
  }
  const leftMs = drainLimitMs - seen.drainingMs;
  return leftMs > 0 ? wait(leftMs) : act({ kind: "kill", instanceId: row.id }, 250);
}

function exited(row: InstanceRow, exit: string | null, { jitter }: PlanInput): InstanceAction {
  return { kind: "exited", instanceId: row.id, exit, retryMs: backoffMs(row.failures + 1, jitter) };
}

function fail(row: InstanceRow, reason: "start_timeout" | "health_lost", afterSeconds: number, { jitter }: PlanInput): InstanceAction {
  return { kind: "fail", instanceId: row.id, reason, afterSeconds, retryMs: backoffMs(row.failures + 1, jitter) };
}

function act(action: InstanceAction, wakeMs: number | null = null): Step {
  return { action, wakeMs };
}

function wait(wakeMs: number | null): Step {
  return { action: null, wakeMs };
}

/** Stands for a row that is about to be created. */
function blankRow(now: Date): InstanceRow {
  const none = { endpoint: null, pid: null, pidStartedAt: null, nonce: null, logFile: null, retryAt: null, readyAt: null, stoppedAt: null };
  const since = { stateSince: now, createdAt: now };
  return { id: "", state: "pending", reason: "", reasonData: {}, token: "", restarts: 0, failures: 0, ...none, ...since };
}
