import type { ServiceEventKind, StateReason } from "#lib/contracts/services.ts";
import type { Obstacle, RunFacts } from "../drivers/driver.ts";
import type { InstanceAction } from "./actions.ts";
import type { InstanceRow, ReasonData } from "./snapshot.ts";
import { reasonTable } from "./state-table.ts";

/** What a step writes: members of the instance's row, and a line of the service's timeline. */
export interface RowChange {
  patch: Partial<InstanceRow>;
  event: { kind: ServiceEventKind; data: ReasonData } | null;
}

const noProcess = { pid: null, pidStartedAt: null, endpoint: null, host: null, podName: null, contextLength: null } as const;

/** The change to its row that a step makes; null for steps that only touch processes. Pure. */
export function rowChange(action: InstanceAction, row: InstanceRow, now: Date): RowChange | null {
  switch (action.kind) {
    case "terminate":
    case "kill":
      return null;
    case "start":
      return starting(row, now);
    case "hold":
      return hold(row, action.obstacle, now);
    case "wait":
      return { patch: action.obstacle ? because(action.obstacle.reason, action.obstacle.data) : because("loading_weights"), event: null };
    case "adopt":
      return { patch: runOf(action.run, row), event: { kind: "instance_adopted", data: {} } };
    case "ready":
      return {
        patch: {
          ...to("ready", row, now),
          ...because(""),
          ...runOf(action.run, row),
          endpoint: action.endpoint,
          readyAt: now,
          retryAt: null,
        },
        event: { kind: "instance_ready", data: {} },
      };
    case "settle":
      return { patch: { failures: 0 }, event: null };
    case "exited":
      return ended(row, action, now);
    case "fail":
      return failed(row, action, now);
    case "drain":
      return { patch: { ...to("draining", row, now), ...because("draining") }, event: { kind: "instance_draining", data: {} } };
    case "stopped":
      return {
        patch: { ...to("stopped", row, now), ...because(""), ...noProcess, retryAt: null, stoppedAt: now },
        event: { kind: "instance_stopped", data: {} },
      };
  }
}

/** The start itself failed: no process came of it. */
export function startFailed(row: InstanceRow, detail: string, retryMs: number, now: Date): RowChange {
  const failures = row.failures + 1;
  const retryInSeconds = Math.ceil(retryMs / 1_000);
  return {
    patch: { ...out(row, failures, retryMs, now), ...because("start_failed", { detail, retryInSeconds }), ...noProcess },
    event: { kind: "instance_exited", data: { code: "start_failed", times: failures, retryInSeconds } },
  };
}

/** Back to a row that a later start brings up again; for an orderly stop of everything. */
export function backToPending(row: InstanceRow, now: Date): RowChange {
  const cleared = { nonce: null, readyAt: null, retryAt: null, failures: 0 };
  return {
    patch: { ...to("pending", row, now), ...because("waiting_for_deployer"), ...noProcess, ...cleared },
    event: row.pid === null ? null : { kind: "instance_stopped", data: {} },
  };
}

function starting(row: InstanceRow, now: Date): RowChange {
  // After failures the reason stays until it is ready: the page must not forget why in every short attempt.
  const reason = row.failures > 0 && row.reason !== "" && reasonTable[row.reason].holds === null ? {} : because("loading_weights");
  const restarts = row.state === "backoff" && row.failures > 0 ? row.restarts + 1 : row.restarts;
  return {
    patch: { ...to("starting", row, now), ...reason, ...noProcess, restarts, readyAt: null, retryAt: null },
    event: { kind: "instance_started", data: {} },
  };
}

/** Nothing is broken: it waits until the obstacle is gone, without a time. "Since when" is that of what holds it. */
export function hold(row: InstanceRow, { reason, data }: Obstacle, now: Date): RowChange {
  const since = row.state === "pending" && row.reason !== reason ? { stateSince: now } : {};
  return {
    patch: { ...to("pending", row, now), ...since, ...because(reason, data), ...noProcess, readyAt: null, retryAt: null },
    event: null,
  };
}

function ended(row: InstanceRow, { exit, cause, retryMs }: Extract<InstanceAction, { kind: "exited" }>, now: Date): RowChange {
  const failures = row.failures + 1;
  const again = { times: failures, retryInSeconds: Math.ceil(retryMs / 1_000) };
  const data = { code: cause?.reason ?? exit ?? "unknown", ...again };
  return {
    patch: {
      ...out(row, failures, retryMs, now),
      ...(cause ? because(cause.reason, { ...cause.data, ...again }) : because("process_exited", data)),
      ...noProcess,
    },
    event: { kind: "instance_exited", data },
  };
}

/** Keeps the process in the row: it still lives, and the next step ends it. */
function failed(row: InstanceRow, action: Extract<InstanceAction, { kind: "fail" }>, now: Date): RowChange {
  const failures = row.failures + 1;
  const retryInSeconds = Math.ceil(action.retryMs / 1_000);
  return {
    patch: { ...out(row, failures, action.retryMs, now), ...because(action.reason, { ...action.data, retryInSeconds }) },
    event: { kind: "instance_exited", data: { code: action.reason, times: failures, retryInSeconds } },
  };
}

function out(row: InstanceRow, failures: number, retryMs: number, now: Date): Partial<InstanceRow> {
  return { ...to("backoff", row, now), failures, retryAt: new Date(now.getTime() + retryMs), readyAt: null };
}

/** What a start, or a look at it, tells of a run. */
export function runOf(run: RunFacts, row: InstanceRow): Partial<InstanceRow> {
  const { pid, pidStartedAt, logFile, host, podName, contextLength } = run;
  return {
    pid,
    pidStartedAt,
    logFile: logFile ?? row.logFile,
    host: host ?? null,
    podName: podName ?? null,
    contextLength: contextLength ?? row.contextLength,
  };
}

function to(state: InstanceRow["state"], row: InstanceRow, now: Date): Partial<InstanceRow> {
  return row.state === state ? {} : { state, stateSince: now };
}

function because(reason: StateReason, reasonData: ReasonData = {}): Pick<InstanceRow, "reason" | "reasonData"> {
  return { reason, reasonData };
}
