import fc from "fast-check";
import { expect, test } from "vitest";
import { surge } from "./replicas.ts";
import { instanceRow } from "./rows.fixture.ts";
import { goalOf, type InstanceRow, type ServiceStatus, targetOf } from "./snapshot.ts";
import { mayFollow, reasonTable, stateTable } from "./state-table.ts";
import { sameStatus } from "./status.ts";
import { isAsWanted, seeded, World } from "./world.fixture.ts";

const worlds = 600;

/** Anything that can happen to a deployer, to what it tends, and to what is wanted of it; `size` is 0–5. */
const happenings: Record<string, (world: World, size: number) => void> = {
  scale: (world, size) => world.want({ wanted: "running", wantedInstances: Math.max(1, size) }),
  stop: (world) => world.want({ wanted: "stopped" }),
  start: (world) => world.want({ wanted: "running" }),
  suspend: (world) => world.want({ suspended: true }),
  resume: (world) => world.want({ suspended: false }),
  retype: (world, size) => world.want({ instanceTypeId: `typ ${size % 3}` }),
  endpoints: (world, size) => {
    if (world.service.places)
      world.want({ places: Array.from({ length: Math.max(1, size) }, (_, index) => `ups ${(index * 7 + size) % 6}`) });
  },
  crash: (world) => void world.processes.splice(0, 1),
  crashAll: (world) => void world.processes.splice(0),
  hang: (world, size) => {
    for (const [index, one] of world.processes.entries()) if (index % 2 === size % 2) one.deaf = true;
  },
  noWeights: (world) => {
    world.obstacle = { reason: "weights_missing", data: { file: "w" } };
  },
  download: (world, size) => {
    world.obstacle = { reason: "downloading_weights", data: { doneBytes: size, totalBytes: 5, bytesPerSecond: 1 } };
  },
  weights: (world) => {
    world.obstacle = null;
  },
  refuse: (world) => {
    world.spawnable = !world.spawnable;
  },
  room: (world, size) => {
    world.capacity = size;
  },
  queue: (world) => {
    world.queued = !world.queued;
  },
  cut: (world) => {
    world.away = !world.away;
  },
  plant: (world, size) => world.plant(size % 2 ? (world.live[0]?.id ?? "ins_unknown") : "ins_unknown"),
  clock: (world, size) => {
    world.nowMs += (size - 2) * 3_600_000;
  },
  sweep: (world) => world.endOrphans(),
};

/** What every status must hold, wherever it comes from. */
function expectExplained(before: ServiceStatus["state"], said: ServiceStatus): void {
  expect(mayFollow(before, said.state), `${before} → ${said.state}`).toBe(true);
  if (stateTable[said.state].reasoned) expect(said.reason, said.state).not.toBe("");
  else expect(said.reason).toBe("");
  expect(Object.keys(said.reasonData)).toEqual(expect.arrayContaining([...reasonTable[said.reason].data]));
}

/** A step of a deployer; `taken` of its parts where it is killed on the way, null: all. */
function step(world: World, taken: number | null): void {
  const before = world.service;
  const decided = world.decide();
  expectExplained(before.state, decided.status);
  world.take(decided, taken ?? undefined);
  expect(world.service.observedGeneration).toBeGreaterThanOrEqual(before.observedGeneration);
  if (taken !== null || world.away) return;
  const serving = world.live.filter((row) => row.state === "ready").length;
  expect(serving).toBeLessThanOrEqual(targetOf(world.service) + surge);
}

/** Faults have stopped; runs until the plan has nothing left to do. */
function settle(world: World): void {
  Object.assign(world, { obstacle: null, spawnable: true, capacity: Number.POSITIVE_INFINITY, queued: false, away: false });
  for (let round = 0; round < 2_000; round++) {
    if (round % 5 === 0) world.endOrphans();
    const decided = world.decide();
    const done = decided.actions.length === 0 && sameStatus(decided.status, world.service);
    if (done && goalOf(world.service) === world.service.state && round % 5 === 0) return;
    step(world, null);
    world.pass(1_000);
  }
}

const happening = fc.record({
  name: fc.constantFrom(...Object.keys(happenings)),
  size: fc.nat(5),
  // Often killed part-way: before the rows, between rows and processes, between processes and what came of them.
  taken: fc.option(fc.nat(6), { freq: 2 }),
  steps: fc.nat(3),
  passMs: fc.nat(3_000),
});

/** Rows as any deployer, of this version or a worse one, may have left them: also such that no plan leads to. */
const leftRow = fc
  .record({
    state: fc.constantFrom("pending", "starting", "ready", "draining", "backoff"),
    reason: fc.constantFrom("", "process_exited", "weights_missing", "insufficient_capacity", "downloading_weights", "health_lost"),
    failures: fc.nat(4),
    retrySeconds: fc.option(fc.integer({ min: -400, max: 400 })),
    process: fc.constantFrom("none", "own", "unwritten", "another's"),
    type: fc.nat(2),
    place: fc.nat(5),
  })
  .map((left) => ({ ...left, state: left.state as InstanceRow["state"], reason: left.reason as InstanceRow["reason"] }));
type LeftRow = typeof leftRow extends fc.Arbitrary<infer T> ? T : never;

function leave(world: World, rows: readonly LeftRow[]): void {
  for (const [index, left] of rows.entries()) {
    const data = Object.fromEntries(reasonTable[left.reason].data.map((name) => [name, 1]));
    const { state, reason, failures } = left;
    const row = instanceRow({
      id: `ins_left_${index}`,
      state,
      reason,
      reasonData: data,
      failures,
      nonce: state === "pending" ? null : `left ${index}`,
    });
    row.instanceTypeId = `typ ${left.type}`;
    row.upstreamEndpointId = world.service.places ? `ups ${left.place}` : null;
    row.retryAt = left.retrySeconds === null ? null : new Date(world.nowMs + left.retrySeconds * 1_000);
    if (state === "ready")
      Object.assign(row, { endpoint: "http://127.0.0.1:1", readyAt: world.now, pid: 900_000 + index, pidStartedAt: "gone" });
    if (left.process !== "none") {
      world.plant(row.id);
      const process = world.processes.at(-1);
      if (process && left.process !== "another's" && row.nonce) process.nonce = row.nonce;
      if (process && left.process === "own" && row.nonce) Object.assign(row, { pid: process.pid, pidStartedAt: `s${process.pid}` });
    }
    world.rows.push(row);
  }
}

test(`from any state, through anything, plans lead to what is wanted and never beyond it (${worlds} worlds)`, () => {
  const world = fc.record({ seed: fc.nat(1_000_000), standing: fc.boolean(), left: fc.array(leftRow, { maxLength: 6 }) });
  fc.assert(
    fc.property(world, fc.array(happening, { maxLength: 30 }), fc.boolean(), ({ seed, standing, left }, story, deleted) => {
      const made = new World(seed);
      made.service = { ...made.service, instanceTypeId: "typ 0", places: standing ? ["ups 0", "ups 1"] : null };
      leave(made, left);
      for (const { name, size, taken, steps, passMs } of story) {
        happenings[name]?.(made, size);
        for (let count = 0; count < steps; count++) {
          step(made, count === steps - 1 ? taken : null);
          made.pass(passMs);
        }
      }
      if (deleted) made.want({ wanted: "deleted" });
      settle(made);
      expect(isAsWanted(made), JSON.stringify({ ...made.service, spec: null, rows: made.live, processes: made.processes })).toBe(true);
    }),
    { numRuns: worlds },
  );
});

test("while nothing fails, as many serve as before or as wanted, whatever is changed", () => {
  for (let seed = 0; seed < 50; seed++) {
    const world = new World(seed);
    world.want({ wantedInstances: 3, instanceTypeId: "typ 0" });
    settle(world);
    for (const change of [
      { instanceTypeId: "typ 1" },
      { wantedInstances: 5 },
      { instanceTypeId: "typ 2" },
      { wantedInstances: 2 },
      { wantedInstances: 3, instanceTypeId: "typ 0" },
    ]) {
      const before = world.service.wantedInstances;
      world.want(change);
      const least = Math.min(before, world.service.wantedInstances);
      for (let round = 0; round < 200 && !isAsWanted(world); round++) {
        step(world, null);
        expect(world.live.filter((row) => row.state === "ready").length).toBeGreaterThanOrEqual(least);
        world.pass(100 + world.random() * 400);
      }
      expect(isAsWanted(world)).toBe(true);
    }
  }
});

test("a single lost process is made good within 5 s, whatever the jitter", () => {
  for (let seed = 0; seed < 50; seed++) {
    const world = new World(seed);
    world.want({ wantedInstances: 3 });
    settle(world);
    world.processes.splice(Math.floor(seeded(seed)() * 3), 1);
    const start = world.nowMs;
    while (world.live.filter((row) => row.state === "ready").length < 3 || world.processes.length < 3) {
      world.take(world.decide());
      world.pass(100);
    }
    expect(world.nowMs - start).toBeLessThan(5_000);
  }
});

test("a crash loop makes at most 12 starts in 10 minutes, and is called failed from the second end on", () => {
  for (let seed = 0; seed < 20; seed++) {
    const world = new World(seed);
    let starts = 0;
    const states = new Set<string>();
    for (const end = world.nowMs + 600_000; world.nowMs < end; world.pass(100)) {
      const decided = world.decide();
      starts += decided.actions.filter((action) => action.kind === "start").length;
      world.take(decided);
      world.processes.splice(0);
      if (world.live.some((row) => row.failures > 1)) states.add(world.service.state);
    }
    expect(starts).toBeGreaterThan(5);
    expect(starts).toBeLessThanOrEqual(12);
    expect([...states]).toEqual(["failed"]);
  }
});
