import type { Observation, Obstacle } from "../drivers/driver.ts";
import type { Action, InstanceAction } from "./actions.ts";
import { backoffMs, waitMs } from "./backoff.ts";
import { replicas } from "./replicas.ts";
import { rowChange } from "./row-change.ts";
import type { InstanceRow, ServiceRow, ServiceStatus } from "./snapshot.ts";
import { reasonTable } from "./state-table.ts";
import { sameData, serviceStatus, unreachableStatus } from "./status.ts";

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
/** Progress of a download is told this often. */
const progressMs = 1_000;

export interface PlanInput {
  service: ServiceRow;
  /** Those that have not stopped. */
  instances: readonly InstanceRow[];
  /** By instance id; an instance without one is seen as gone. */
  observations: ReadonlyMap<string, Observation>;
  /** Why no start can succeed at present; null where one can. */
  obstacle: Obstacle | null;
  /** Set where the region could not be asked: nothing was observed, and nothing can be done there. */
  unreachable?: Obstacle | null;
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
  const { service, instances, unreachable } = input;
  if (unreachable) return { actions: [], status: unreachableStatus(service, instances, unreachable), wakeMs: null };
  const { leaving, missing } = replicas(service, instances);
  const steps = instances.map((row) => {
    const seen = input.observations.get(row.id) ?? { phase: "gone", exit: null };
    return leaving.has(row.id) ? { row, ...leave(row, seen) } : { row, ...next(row, seen, input) };
  });
  const actions: Action[] = [
    ...steps.flatMap((step) => (step.action ? [step.action] : [])),
    ...missing.map((place) => ({ kind: "create", place }) as const),
  ];
  const after = [
    ...steps.map(({ row, action }) => ({ ...row, ...(action && rowChange(action, row, input.now)?.patch) })),
    ...missing.map((place) => blankRow(service, place, input.now)),
  ];
  const wakes = steps.flatMap((step) => (step.wakeMs === null ? [] : [step.wakeMs]));
  return { actions, status: serviceStatus(service, after), wakeMs: wakes.length > 0 ? Math.min(...wakes) : null };
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
  const wakeMs = obstacle.reason === "downloading_weights" ? progressMs : null;
  return row.state === "pending" && says(row, obstacle) ? wait(wakeMs) : act({ kind: "hold", instanceId: row.id, obstacle }, wakeMs);
}

function start(row: InstanceRow, seen: Observation, input: PlanInput): Step {
  if (seen.phase === "gone") {
    // Without a process in the row, or a word of how it ended, the start itself was lost: that is nobody's failure.
    const lost = row.pid === null && seen.exit === null && !seen.cause;
    return lost ? restart({ ...row, retryAt: null }, input) : act(exited(row, seen, input));
  }
  if (seen.phase === "ready" && seen.endpoint !== null) {
    return act({ kind: "ready", instanceId: row.id, endpoint: seen.endpoint, run: seen.run });
  }
  const waiting = seen.waiting ?? null;
  if (!waiting && seen.sinceMs >= startLimitMs) return act(fail(row, "start_timeout", { seconds: startLimitMs / 1_000 }, input));
  if (row.pid === null && seen.run.pid !== null) return act({ kind: "adopt", instanceId: row.id, run: seen.run });
  const told = waiting ? says(row, waiting) : reasonTable[row.reason].holds === null;
  if (!told) return act({ kind: "wait", instanceId: row.id, obstacle: waiting });
  return wait(waiting ? null : startLimitMs - seen.sinceMs);
}

function keep(row: InstanceRow, seen: Observation, input: PlanInput): Step {
  if (seen.phase === "gone") return act(exited(row, seen, input));
  if (seen.phase === "unreachable") {
    const { reason, data } = seen.waiting ?? { reason: "health_lost", data: { seconds: healthLostSeconds } };
    return act(fail(row, reason, data, input));
  }
  // A cluster may have moved it while no deployer looked.
  if (seen.phase === "ready" && seen.endpoint !== null && seen.endpoint !== row.endpoint) {
    return act({ kind: "ready", instanceId: row.id, endpoint: seen.endpoint, run: seen.run });
  }
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

function exited(row: InstanceRow, { exit, cause }: Extract<Observation, { phase: "gone" }>, { jitter }: PlanInput): InstanceAction {
  return { kind: "exited", instanceId: row.id, exit, cause: cause ?? null, retryMs: backoffMs(row.failures + 1, jitter) };
}

function fail(row: InstanceRow, reason: Obstacle["reason"], data: Obstacle["data"], { jitter }: PlanInput): InstanceAction {
  return { kind: "fail", instanceId: row.id, reason, data, retryMs: backoffMs(row.failures + 1, jitter) };
}

function says(row: InstanceRow, { reason, data }: Obstacle): boolean {
  return row.reason === reason && sameData(row.reasonData, data);
}

function act(action: InstanceAction, wakeMs: number | null = null): Step {
  return { action, wakeMs };
}

function wait(wakeMs: number | null): Step {
  return { action: null, wakeMs };
}

/** Stands for a row that is about to be created. */
function blankRow({ instanceTypeId }: ServiceRow, upstreamEndpointId: string | null, now: Date): InstanceRow {
  const unknown = {
    endpoint: null,
    pid: null,
    pidStartedAt: null,
    nonce: null,
    logFile: null,
    host: null,
    podName: null,
    contextLength: null,
  };
  const never = { retryAt: null, readyAt: null, stoppedAt: null };
  const fresh = { state: "pending", reason: "", reasonData: {}, token: "", restarts: 0, failures: 0 } as const;
  return { id: "", instanceTypeId, upstreamEndpointId, ...fresh, ...unknown, ...never, stateSince: now, createdAt: now };
}
