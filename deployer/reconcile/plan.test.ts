import { describe, expect, test } from "vitest";
import type { Observation, Obstacle } from "../drivers/driver.ts";
import type { Action } from "./actions.ts";
import { drainLimitMs, noticeMs, type PlanInput, plan, settleMs, startLimitMs } from "./plan.ts";
import { instanceRow, serviceRow } from "./rows.fixture.ts";
import type { InstanceRow, ServiceRow } from "./snapshot.ts";

const now = new Date("2026-01-01T12:00:00Z");
const ago = (ms: number) => new Date(now.getTime() - ms);

const row = (id: string, change: Partial<InstanceRow> = {}) => instanceRow({ id, stateSince: ago(5_000), createdAt: now, ...change });

const started = { pid: 7, pidStartedAt: "70", nonce: "n" };
const ready = { ...started, state: "ready", endpoint: "http://127.0.0.1:1", readyAt: ago(5_000) } as const;
const run = { pid: 7, pidStartedAt: "70", logFile: "/log" };

function sees(
  phase: "starting" | "ready" | "unreachable",
  change: { sinceMs?: number; drainingMs?: number | null; waiting?: Obstacle | null; endpoint?: string } = {},
): Observation {
  return { phase, run, endpoint: phase === "starting" ? null : "http://127.0.0.1:1", sinceMs: 2_000, drainingMs: null, ...change };
}
const gone: Observation = { phase: "gone", exit: "SIGKILL" };
const unseen: Observation = { phase: "gone", exit: null };

interface Case {
  service?: Partial<ServiceRow>;
  rows?: InstanceRow[];
  seen?: Observation[];
  obstacle?: PlanInput["obstacle"];
  unreachable?: PlanInput["obstacle"];
  jitter?: number;
}

function decide({ service: change, rows = [], seen = [], obstacle = null, unreachable = null, jitter = 0 }: Case) {
  const observations = new Map(rows.map((one, index) => [one.id, seen[index] ?? gone]));
  return plan({ service: serviceRow(change), instances: rows, observations, obstacle, unreachable, now, jitter });
}

const kinds = (actions: Action[]) =>
  actions.map((action) => ("instanceId" in action ? `${action.kind} ${action.instanceId}` : action.kind));

describe("one instance", () => {
  const cases: [string, InstanceRow, Observation, string[]][] = [
    ["a new row is started", row("a"), gone, ["start a"]],
    ["a new row beside a process that is not its own waits for that to end", row("a"), sees("starting"), ["kill a"]],
    ["a start that never came to a process is made again", row("a", { state: "starting", nonce: "n" }), unseen, ["start a"]],
    [
      "one that was seen to end, though its start never came to the row, has exited",
      row("a", { state: "starting", nonce: "n" }),
      gone,
      ["exited a"],
    ],
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

  const queued: Obstacle = { reason: "unschedulable", data: { resource: "gpu", detail: "none is free" } };
  const loading = row("a", { state: "starting", ...started });
  const told = row("a", { state: "starting", ...started, reason: "unschedulable", reasonData: queued.data });

  test("what keeps a started one waiting is told, once, and so is its end", () => {
    const seen = [sees("starting", { waiting: queued })];
    expect(decide({ rows: [loading], seen }).actions).toEqual([{ kind: "wait", instanceId: "a", obstacle: queued }]);
    expect(decide({ rows: [told], seen })).toMatchObject({ actions: [], status: { state: "pending", reason: "unschedulable" } });
    expect(decide({ rows: [told], seen: [sees("starting")] }).actions).toEqual([{ kind: "wait", instanceId: "a", obstacle: null }]);
  });

  test("one that waits for room is not given up for taking long", () => {
    expect(decide({ rows: [told], seen: [sees("starting", { waiting: queued, sinceMs: 2 * startLimitMs })] }).actions).toEqual([]);
  });

  test("what ended it, or made it useless, is kept where more is known than an exit", () => {
    const cause: Obstacle = { reason: "node_lost", data: { node: "n1" } };
    const lost = decide({ rows: [row("a", ready)], seen: [{ phase: "gone", exit: null, cause }] });
    expect(lost.actions).toEqual([{ kind: "exited", instanceId: "a", exit: null, cause, retryMs: 1_000 }]);
    expect(lost.status).toMatchObject({ reason: "node_lost", reasonData: { node: "n1", times: 1, retryInSeconds: 1 } });
    const unwell: Obstacle = { reason: "upstream_unauthorized", data: {} };
    const refused = decide({ rows: [row("a", ready)], seen: [sees("unreachable", { waiting: unwell })] });
    expect(refused.actions).toEqual([{ kind: "fail", instanceId: "a", ...unwell, retryMs: 1_000 }]);
  });

  test("a download is looked at each second, and an instance is held by it without a failure", () => {
    const obstacle: Obstacle = { reason: "downloading_weights", data: { doneBytes: 1, totalBytes: 4, bytesPerSecond: 1 } };
    const first = decide({ rows: [row("a")], obstacle });
    expect(first).toMatchObject({ actions: [{ kind: "hold", obstacle }], wakeMs: 1_000, status: { state: "downloading" } });
    const held = row("a", { reason: "downloading_weights", reasonData: obstacle.data });
    expect(decide({ rows: [held], obstacle })).toMatchObject({ actions: [], wakeMs: 1_000 });
    expect(kinds(decide({ rows: [held], obstacle: { ...obstacle, data: { ...obstacle.data, doneBytes: 2 } } }).actions)).toEqual([
      "hold a",
    ]);
  });

  test("while the region cannot be reached nothing is done, whatever the rows say", () => {
    const unreachable: Obstacle = { reason: "region_unreachable", data: { detail: "no route" } };
    const rows = [row("a", ready), row("b")];
    expect(decide({ rows, unreachable, service: { wantedInstances: 5 } })).toMatchObject({
      actions: [],
      status: { state: "degraded", reason: "region_unreachable", reasonData: { detail: "no route" } },
    });
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
    const held = row("a", { reason: "weights_missing", reasonData: { file: "w" } });
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
