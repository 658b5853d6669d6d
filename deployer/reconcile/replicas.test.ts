import { describe, expect, test } from "vitest";
import { replicas } from "./replicas.ts";
import { instanceRow, serviceRow } from "./rows.fixture.ts";
import type { InstanceRow, ServiceRow } from "./snapshot.ts";

const of = (type: string, state: InstanceRow["state"], count: number) =>
  Array.from({ length: count }, () => instanceRow({ state, instanceTypeId: type }));

/** How many leave of each `type state`, and how many come. */
function decide(change: Partial<ServiceRow>, rows: InstanceRow[]) {
  const { leaving, missing } = replicas(serviceRow({ instanceTypeId: "new", ...change }), rows);
  const counts: Record<string, number> = {};
  for (const row of rows.filter((one) => leaving.has(one.id))) {
    const name = `${row.instanceTypeId} ${row.state}`;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return { leaving: counts, missing: missing.length };
}

describe("another type takes over", () => {
  const cases: [string, number, InstanceRow[], ReturnType<typeof decide>][] = [
    ["one more at first", 3, of("old", "ready", 3), { leaving: {}, missing: 1 }],
    ["none leaves before it is ready", 3, [...of("old", "ready", 3), ...of("new", "starting", 1)], { leaving: {}, missing: 0 }],
    [
      "then one of the former leaves for another of the new",
      3,
      [...of("old", "ready", 3), ...of("new", "ready", 1)],
      { leaving: { "old ready": 1 }, missing: 1 },
    ],
    [
      "whose end need not be waited for",
      3,
      [...of("old", "ready", 2), ...of("old", "draining", 1), ...of("new", "ready", 1)],
      { leaving: {}, missing: 1 },
    ],
    ["up to the last", 3, [...of("old", "ready", 1), ...of("new", "ready", 3)], { leaving: { "old ready": 1 }, missing: 0 }],
    [
      "a former one that does not serve leaves at once",
      1,
      [...of("old", "backoff", 1), ...of("old", "starting", 1)],
      { leaving: { "old backoff": 1, "old starting": 1 }, missing: 1 },
    ],
    ["fewer wanted meanwhile", 1, [...of("old", "ready", 3), ...of("new", "starting", 1)], { leaving: { "old ready": 2 }, missing: 0 }],
    [
      "fewer wanted, and too many of the new under way",
      2,
      [...of("old", "ready", 2), ...of("new", "starting", 3)],
      { leaving: { "new starting": 2 }, missing: 0 },
    ],
    ["more wanted meanwhile: what is missing comes at once", 5, of("old", "ready", 2), { leaving: {}, missing: 4 }],
  ];
  test.each(cases)("%s", (_, wantedInstances, rows, expected) => {
    expect(decide({ wantedInstances }, rows)).toEqual(expected);
  });
});

describe("endpoints", () => {
  const at = (place: string, state: InstanceRow["state"] = "ready") => instanceRow({ state, upstreamEndpointId: place });
  const places = ["a", "b"];

  test("each has one instance, whatever number is wanted", () => {
    expect(replicas(serviceRow({ places, wantedInstances: 9 }), [at("a")]).missing).toEqual(["b"]);
  });

  test("one that is no longer there leaves, and of two at one endpoint the one that does not serve", () => {
    const rows = [at("gone"), at("a", "starting"), at("a")] as const;
    const { leaving, missing } = replicas(serviceRow({ places }), rows);
    expect([...leaving].sort()).toEqual([rows[0].id, rows[1].id].sort());
    expect(missing).toEqual(["b"]);
  });

  test("the next one of an endpoint waits for the last one's end", () => {
    expect(replicas(serviceRow({ places }), [at("a", "draining"), at("b")]).missing).toEqual([]);
  });

  test("stopped, suspended or deleted, all leave", () => {
    for (const change of [{ wanted: "stopped" }, { wanted: "deleted" }, { suspended: true }] as const) {
      expect(replicas(serviceRow({ places, ...change }), [at("a"), at("b")])).toMatchObject({ leaving: { size: 2 }, missing: [] });
    }
  });
});
