import { describe, expect, test } from "vitest";
import type { Observation } from "../drivers/driver.ts";
import type { Action } from "./actions.ts";
import { drainLimitMs, noticeMs, type PlanInput, plan, settleMs, startLimitMs } from "./plan.ts";
import type { InstanceRow, ServiceRow } from "./snapshot.ts";

const now = new Date("2026-01-01T12:00:00Z");
const ago = (ms: number) => new Date(now.getTime() - ms);

function service(change: Partial<ServiceRow> = {}): ServiceRow {
  return {
    id: "svc",
    driver: "local",
    spec: { serviceId: "svc", accessName: "public/tiny", weightsFile: "w", contextLength: 1024, parallel: 4 },
    wanted: "running",
    wantedInstances: 1,
    generation: 1,
    observedGeneration: 0,
    state: "pending",
    reason: "",
    reasonData: {},
    ...change,
  };
}

function row(id: string, change: Partial<InstanceRow> = {}): InstanceRow {
  const none = { endpoint: null, pid: null, pidStartedAt: null, nonce: null, logFile: null, retryAt: null, readyAt: null, stoppedAt: null };
  const counts = { restarts: 0, failures: 0 };
  return {
    id,
    state: "pending",
    reason: "",
    reasonData: {},
    stateSince: ago(5_000),
    token: "t",
    createdAt: now,
    ...none,
    ...counts,
    ...change,
  };
}

const started = { pid: 7, pidStartedAt: "70", nonce: "n" };
const ready = { ...started, state: "ready", endpoint: "http://127.0.0.1:1", readyAt: ago(5_000) } as const;
const run = { pid: 7, pidStartedAt: "70", logFile: "/log" };

function sees(phase: "starting" | "ready" | "unreachable", change: { sinceMs?: number; drainingMs?: number | null } = {}): Observation {
  return { phase, run, endpoint: phase === "starting" ? null : "http://127.0.0.1:1", sinceMs: 2_000, drainingMs: null, ...change };
}
const gone: Observation = { phase: "gone", exit: "SIGKILL" };

interface Case {
  service?: Partial<ServiceRow>;
  rows?: InstanceRow[];
  seen?: Observation[];
  obstacle?: PlanInput["obstacle"];
  jitter?: number;
}

function decide({ service: change, rows = [], seen = [], obstacle = null, jitter = 0 }: Case) {
  const observations = new Map(rows.map((one, index) => [one.id, seen[index] ?? gone]));
  return plan({ service: service(change), instances: rows, observations, obstacle, now, jitter });
}

const kinds = (actions: Action[]) =>
  actions.map((action) => ("instanceId" in action ? `${action.kind} ${action.instanceId}` : action.kind));

describe("one instance", () => {
  const cases: [string, InstanceRow, Observation, string[]][] = [
    ["a new row is started", row("a"), gone, ["start a"]],
    ["a new row beside a process that is not its own waits for that to end", row("a"), sees("starting"), ["kill a"]],
    ["a start that never came to a process is made again", row("a", { state: "starting", nonce: "n" }), gone, ["start a"]],
    ["a process whose start never came to the row is adopted", row("a", { state: "starting", nonce: "n" }), sees("starting"), ["adopt a"]],
    ["one that loads is waited for", row("a", { state: "starting", ...started }), sees("starting"), []],
    ["one that does not answer yet is waited for", row("a", { state: "starting", ...started }), sees("unreachable"), []],
    ["one that answers is ready", row("a", { state: "starting", ...started }), sees("ready"), ["ready a"]],
    ["a lost start that answers is ready at once", row("a", { state: "starting", nonce: "n" }), sees("ready"), ["ready a"]],
    ["one that ends while starting has exited", row("a", { state: "starting", ...started }), gone, ["exited a"]],
    [
      "one that never answers is given up",
      row("a", { state: "starting", ...started }),
      sees("starting", { sinceMs: startLimitMs }),
      ["fail a"],
    ],
    ["a ready one that answers stays", row("a", ready), sees("ready"), []],
    ["a ready one that was not asked yet stays", row("a", ready), sees("starting"), []],
    ["a ready one that missed its answers is out of service", row("a", ready), sees("unreachable"), ["fail a"]],
    ["a ready one that is gone has exited", row("a", ready), gone, ["exited a"]],
    ["failures are remembered for a while", row("a", { ...ready, failures: 2 }), sees("ready", { sinceMs: settleMs - 1 }), []],
    ["and then forgotten", row("a", { ...ready, failures: 2 }), sees("ready", { sinceMs: settleMs }), ["settle a"]],
    ["one in backoff waits", row("a", { state: "backoff", failures: 1, retryAt: ago(-500) }), gone, []],
    ["until it is due", row("a", { state: "backoff", failures: 1, retryAt: now }), gone, ["start a"]],
    ["or the clock was set back an hour", row("a", { state: "backoff", failures: 1, retryAt: ago(-3_600_000) }), gone, ["start a"]],
    [
      "one given up that still lives is killed",
      row("a", { state: "backoff", failures: 1, retryAt: now, ...started }),
      sees("unreachable"),
      ["kill a"],
    ],
  ];
  test.each(cases)("%s", (_, instance, seen, expected) => {
    expect(kinds(decide({ rows: [instance], seen: [seen] }).actions)).toEqual(expected);
  });

  const draining = (change: Partial<InstanceRow>) => row("a", { ...ready, state: "draining", ...change });
  const drains: [string, InstanceRow, Observation, string[]][] = [
    ["gateways get a moment to notice", draining({ stateSince: ago(noticeMs - 1) }), sees("ready"), []],
    ["then it is told to end", draining({ stateSince: ago(noticeMs) }), sees("ready"), ["terminate a"]],
    ["at once where it never was ready", draining({ stateSince: now, readyAt: null }), sees("starting"), ["terminate a"]],
    ["or the clock was set back", draining({ stateSince: ago(-3_600_000) }), sees("ready"), ["terminate a"]],
    ["its calls get their time", draining({}), sees("ready", { drainingMs: drainLimitMs - 1 }), []],
    ["and no more than that", draining({}), sees("ready", { drainingMs: drainLimitMs }), ["kill a"]],
    ["gone is stopped", draining({}), gone, ["stopped a"]],
  ];
  test.each(drains)("draining: %s", (_, instance, seen, expected) => {
    expect(kinds(decide({ rows: [instance], seen: [seen], service: { wanted: "deleted" } }).actions)).toEqual(expected);
  });

  test("without weights nothing is started, and that is said once", () => {
    const obstacle = { reason: "weights_missing", data: { file: "w" } } as const;
    const first = decide({ rows: [row("a")], obstacle });
    expect(kinds(first.actions)).toEqual(["hold a"]);
    expect(first.status).toMatchObject({ state: "failed", reason: "weights_missing", reasonData: { file: "w" } });
    const held = row("a", { state: "backoff", reason: "weights_missing", reasonData: { file: "w" } });
    expect(decide({ rows: [held], obstacle })).toMatchObject({ actions: [], status: first.status });
    expect(kinds(decide({ rows: [held] }).actions)).toEqual(["start a"]);
  });

  test("waits double up to five minutes, the jitter only shortens them", () => {
    const wait = (failures: number, jitter: number) => {
      const [action] = decide({ rows: [row("a", { ...ready, failures })], seen: [gone], jitter }).actions;
      return action?.kind === "exited" ? action.retryMs / 1_000 : null;
    };
    expect([0, 1, 2, 3, 7, 8, 9, 100].map((failures) => wait(failures, 0))).toEqual([1, 2, 4, 8, 128, 256, 300, 300]);
    expect([0, 9].map((failures) => wait(failures, 0.999_999))).toEqual([0.75, 225]);
  });
});

describe("how many", () => {
  const old = row("old", { ...ready, createdAt: ago(9_000) });
  const young = row("young", { ...ready, createdAt: ago(3_000) });
  const loading = row("loading", { state: "starting", ...started, createdAt: ago(20_000) });
  const broken = row("broken", { state: "backoff", failures: 3, retryAt: ago(-5_000), createdAt: ago(30_000) });
  const rows = [broken, loading, old, young];
  const seen = [gone, sees("starting"), sees("ready"), sees("ready")];

  test.each([
    [6, ["create", "create"]],
    [4, []],
    [3, ["stopped broken"]],
    [2, ["stopped broken", "drain loading"]],
    [1, ["stopped broken", "drain loading", "drain young"]],
  ])("of four, %i wanted: those not ready leave first, then the newest", (wantedInstances, expected) => {
    expect(kinds(decide({ service: { wantedInstances }, rows, seen }).actions)).toEqual(expected);
  });

  test.each(["stopped", "deleted"] as const)("wanted %s: all leave", (wanted) => {
    expect(kinds(decide({ service: { wanted, wantedInstances: 4 }, rows, seen }).actions)).toEqual([
      ...["stopped broken", "drain loading", "drain old", "drain young"],
    ]);
  });

  test("those draining do not count", () => {
    const leaving = row("leaving", { ...ready, state: "draining", stateSince: now });
    expect(kinds(decide({ service: { wantedInstances: 2 }, rows: [leaving, old], seen: [sees("ready"), sees("ready")] }).actions)).toEqual([
      "create",
    ]);
  });
});
