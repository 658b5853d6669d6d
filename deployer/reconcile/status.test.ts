import { describe, expect, test } from "vitest";
import type { InstanceRow, ServiceRow } from "./snapshot.ts";
import { sameStatus, serviceStatus } from "./status.ts";

const since = new Date(0);

function service(change: Partial<ServiceRow>): ServiceRow {
  const spec = { serviceId: "svc", accessName: "public/tiny", weightsFile: "w", contextLength: 1024, parallel: 4 };
  const said = { state: "pending", reason: "", reasonData: {} } as const;
  return {
    id: "svc",
    driver: "local",
    spec,
    wanted: "running",
    wantedInstances: 2,
    generation: 3,
    observedGeneration: 3,
    ...said,
    ...change,
  };
}

let made = 0;
function row(state: InstanceRow["state"], change: Partial<InstanceRow> = {}): InstanceRow {
  const none = { endpoint: null, pid: null, pidStartedAt: null, nonce: null, logFile: null, retryAt: null, readyAt: null, stoppedAt: null };
  const dates = { stateSince: since, createdAt: since };
  made += 1;
  return { id: `ins_${made}`, state, reason: "", reasonData: {}, token: "t", restarts: 0, failures: 0, ...none, ...dates, ...change };
}

const exited = (failures: number): Partial<InstanceRow> => ({
  failures,
  retryAt: since,
  reason: "process_exited",
  reasonData: { code: "1", times: failures, retryInSeconds: 1 },
});
const held: Partial<InstanceRow> = { reason: "weights_missing", reasonData: { file: "w" } };

describe("wanted: two running", () => {
  const cases: [string, Partial<ServiceRow>, InstanceRow[], string][] = [
    ["no row yet", { observedGeneration: 0 }, [], "pending waiting_for_deployer 0"],
    ["rows without processes", { observedGeneration: 0 }, [row("pending"), row("pending")], "pending waiting_for_deployer 0"],
    ["none ready yet", { observedGeneration: 0 }, [row("starting"), row("pending")], "starting instances_starting 0"],
    ["one ready, the first time", { observedGeneration: 0 }, [row("ready"), row("starting")], "starting instances_starting 0"],
    ["both ready", { observedGeneration: 0 }, [row("ready"), row("ready")], "running  3"],
    ["after a scale", { observedGeneration: 2 }, [row("ready"), row("starting")], "scaling instances_starting 2"],
    ["leftovers drain", { observedGeneration: 2 }, [row("ready"), row("ready"), row("draining")], "scaling draining 2"],
    ["one exited", {}, [row("ready"), row("backoff", exited(1))], "degraded process_exited 3"],
    ["one loads anew after an exit", {}, [row("ready"), row("starting", exited(1))], "degraded process_exited 3"],
    ["one of a crash loop is ready", {}, [row("ready", { failures: 3 }), row("ready")], "running  3"],
    ["one missing, nobody's failure", {}, [row("ready"), row("starting")], "degraded some_not_ready 3"],
    ["both exited once", {}, [row("backoff", exited(1)), row("backoff", exited(1))], "degraded process_exited 3"],
    ["first start exited once", { observedGeneration: 0 }, [row("backoff", exited(1)), row("starting")], "starting process_exited 0"],
    ["all in a crash loop", {}, [row("backoff", exited(2)), row("backoff", exited(1))], "failed process_exited 3"],
    ["a new try of a crash loop", {}, [row("starting", exited(5)), row("backoff", exited(4))], "failed process_exited 3"],
    [
      "a crash loop beside a first start",
      { observedGeneration: 0 },
      [row("backoff", exited(4)), row("starting")],
      "starting process_exited 0",
    ],
    ["no weights", { observedGeneration: 0 }, [row("backoff", held), row("backoff", held)], "failed weights_missing 0"],
    ["no weights for the new ones", { observedGeneration: 2 }, [row("ready"), row("backoff", held)], "degraded weights_missing 2"],
    ["started again after a stop", { observedGeneration: 2 }, [row("starting"), row("starting")], "starting instances_starting 2"],
    ["history does not count", {}, [row("ready"), row("ready"), row("stopped", exited(9))], "running  3"],
  ];
  test.each(cases)("%s", (_, change, rows, expected) => {
    const said = serviceStatus(service(change), rows);
    expect(`${said.state} ${said.reason} ${said.observedGeneration}`).toBe(expected);
  });

  test("says how many", () => {
    expect(serviceStatus(service({}), [row("ready"), row("starting")]).reasonData).toEqual({ ready: 1, wanted: 2 });
  });
});

test.each([
  ["stopped", [row("draining"), row("stopped")], "stopping draining 2"],
  ["stopped", [row("stopped")], "stopped  3"],
  ["deleted", [row("draining")], "deleting draining 2"],
  ["deleted", [], "deleted  3"],
] as const)("wanted %s", (wanted, rows, expected) => {
  const said = serviceStatus(service({ wanted, observedGeneration: 2 }), rows);
  expect(`${said.state} ${said.reason} ${said.observedGeneration}`).toBe(expected);
});

test("the order of members, in which a database may give them back, is no change", () => {
  const status = serviceStatus(service({}), [row("ready"), row("starting")]);
  expect(sameStatus(status, { ...status, reasonData: { wanted: 2, ready: 1 } })).toBe(true);
  expect(sameStatus(status, { ...status, reasonData: { wanted: 2, ready: 0 } })).toBe(false);
  expect(sameStatus(status, { ...status, reasonData: { wanted: 2 } })).toBe(false);
});
