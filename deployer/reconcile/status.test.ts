import { describe, expect, test } from "vitest";
import { instanceRow, serviceRow } from "./rows.fixture.ts";
import type { InstanceRow, ServiceRow } from "./snapshot.ts";
import { sameStatus, serviceStatus, unreachableStatus } from "./status.ts";

const since = new Date(0);

const service = (change: Partial<ServiceRow>) => serviceRow({ wantedInstances: 2, generation: 3, observedGeneration: 3, ...change });
const row = (state: InstanceRow["state"], change: Partial<InstanceRow> = {}) => instanceRow({ state, ...change });

const exited = (failures: number): Partial<InstanceRow> => ({
  failures,
  retryAt: since,
  reason: "process_exited",
  reasonData: { code: "1", times: failures, retryInSeconds: 1 },
});
const held: Partial<InstanceRow> = { reason: "weights_missing", reasonData: { file: "w" } };

const full: Partial<InstanceRow> = { reason: "insufficient_capacity", reasonData: { resource: "memory", needs: 2, free: 1 } };
const fetched: Partial<InstanceRow> = { reason: "downloading_weights", reasonData: { doneBytes: 1, totalBytes: 2, bytesPerSecond: 1 } };
const queued: Partial<InstanceRow> = { reason: "unschedulable", reasonData: { resource: "gpu", detail: "none is free" } };

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
    ["no weights", { observedGeneration: 0 }, [row("pending", held), row("pending", held)], "failed weights_missing 0"],
    ["no weights for the new ones", { observedGeneration: 2 }, [row("ready"), row("pending", held)], "degraded weights_missing 2"],
    ["no room at all", { observedGeneration: 0 }, [row("pending", full), row("pending", full)], "pending insufficient_capacity 0"],
    ["room for one", { observedGeneration: 0 }, [row("ready"), row("pending", full)], "scaling insufficient_capacity 0"],
    [
      "room for one, which still loads",
      { observedGeneration: 0 },
      [row("starting"), row("pending", full)],
      "starting insufficient_capacity 0",
    ],
    ["no room for one that was lost", {}, [row("ready"), row("pending", full)], "degraded insufficient_capacity 3"],
    ["on its way", { observedGeneration: 0 }, [row("pending", fetched), row("pending", fetched)], "downloading downloading_weights 0"],
    ["more of them, on its way", { observedGeneration: 2 }, [row("ready"), row("pending", fetched)], "scaling downloading_weights 2"],
    ["the download failed", {}, [row("pending", { reason: "download_failed" }), row("pending", fetched)], "failed download_failed 3"],
    [
      "started, and no node has room",
      { observedGeneration: 0 },
      [row("starting", queued), row("starting", queued)],
      "pending unschedulable 0",
    ],
    ["all ready, one of a former type", {}, [row("ready"), row("ready", { instanceTypeId: "former" })], "degraded some_not_ready 3"],
    [
      "a former type, as wanted",
      { observedGeneration: 2 },
      [row("ready"), row("ready", { instanceTypeId: "former" })],
      "scaling instances_starting 2",
    ],
    ["endpoints know no types", { places: ["u"] }, [row("ready", { upstreamEndpointId: "u", instanceTypeId: "former" })], "running  3"],
    ["no endpoint", { places: [] }, [], "failed upstream_unreachable 3"],
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

test.each([
  ["running", [row("draining")], "stopping arrears 2"],
  ["running", [], "suspended arrears 3"],
  ["stopped", [], "suspended arrears 3"],
  ["deleted", [row("draining")], "deleting draining 2"],
] as const)("wanted %s and suspended", (wanted, rows, expected) => {
  const said = serviceStatus(service({ wanted, suspended: true, observedGeneration: 2 }), rows);
  expect(`${said.state} ${said.reason} ${said.observedGeneration}`).toBe(expected);
});

test.each([
  ["serving", {}, [row("ready"), row("ready")], "degraded region_unreachable 3"],
  ["not serving", {}, [row("starting")], "pending region_unreachable 3"],
  ["stopping", { wanted: "stopped" }, [row("draining")], "stopping region_unreachable 3"],
  ["stopped", { wanted: "stopped" }, [], "stopped  3"],
  ["deleting", { wanted: "deleted" }, [row("ready")], "deleting region_unreachable 3"],
  ["deleted without an instance", { wanted: "deleted" }, [], "deleted  3"],
] as const)("while its region cannot be reached: %s", (_, change, rows, expected) => {
  const obstacle = { reason: "region_unreachable", data: { detail: "no route" } } as const;
  const said = unreachableStatus(service(change), rows, obstacle);
  expect(`${said.state} ${said.reason} ${said.observedGeneration}`).toBe(expected);
});

test("the order of members, in which a database may give them back, is no change", () => {
  const status = serviceStatus(service({}), [row("ready"), row("starting")]);
  expect(sameStatus(status, { ...status, reasonData: { wanted: 2, ready: 1 } })).toBe(true);
  expect(sameStatus(status, { ...status, reasonData: { wanted: 2, ready: 0 } })).toBe(false);
  expect(sameStatus(status, { ...status, reasonData: { wanted: 2 } })).toBe(false);
});
