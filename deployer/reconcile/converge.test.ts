import { expect, test } from "vitest";
import { sameStatus } from "./status.ts";
import { seeded, World } from "./world.fixture.ts";

const worlds = 400;

/** Anything that can happen to a deployer and what it tends. */
const faults: ((world: World) => void)[] = [
  (world) => world.want("running", 1 + Math.floor(world.random() * 5)),
  (world) => world.want(world.random() < 0.5 ? "stopped" : "running", 2),
  (world) => void world.processes.splice(0, 1),
  (world) => void world.processes.splice(0),
  (world) => {
    for (const one of world.processes) if (world.random() < 0.5) one.deaf = true;
  },
  (world) => {
    world.weights = !world.weights;
  },
  (world) => {
    world.spawnable = !world.spawnable;
  },
  (world) => world.plant(world.live[0]?.id ?? "ins_unknown"),
  (world) => world.plant("ins_unknown"),
  (world) => {
    world.nowMs += world.random() < 0.5 ? -3_600_000 : 3_600_000;
  },
  (world) => world.endOrphans(),
];

function disturb(world: World, steps: number): void {
  for (let step = 0; step < steps; step++) {
    if (world.random() < 0.4) faults[Math.floor(world.random() * faults.length)]?.(world);
    // Often killed part-way: before the rows, between rows and processes, between processes and what came of them.
    const taken = world.random() < 0.3 ? Math.floor(world.random() * 6) : undefined;
    const observed = world.service.observedGeneration;
    world.take(world.decide(), taken);
    expect(world.service.observedGeneration).toBeGreaterThanOrEqual(observed);
    world.pass(world.random() * 3_000);
  }
}

/** Faults have stopped; runs until the plan has nothing left to do. */
function settle(world: World): number {
  world.weights = true;
  world.spawnable = true;
  const start = world.nowMs;
  for (let step = 0; step < 2_000; step++) {
    if (step % 5 === 0) world.endOrphans();
    const decided = world.decide();
    const done = decided.actions.length === 0 && sameStatus(decided.status, world.service);
    if (done && ["running", "stopped", "deleted"].includes(world.service.state) && step % 5 === 0) break;
    world.take(decided);
    world.pass(1_000);
  }
  return world.nowMs - start;
}

function expectAsWanted(world: World): void {
  const wanted = world.service.wanted === "running" ? world.service.wantedInstances : 0;
  expect(world.live.map((row) => row.state)).toEqual(Array.from({ length: wanted }, () => "ready"));
  expect(world.processes.map((one) => one.pid).sort()).toEqual(world.live.map((row) => row.pid).sort());
  expect(new Set(world.live.map((row) => row.nonce)).size).toBe(wanted);
  const said = { running: "running", stopped: "stopped", deleted: "deleted" } as const;
  expect(world.service).toMatchObject({ state: said[world.service.wanted], reason: "", observedGeneration: world.service.generation });
}

test(`from anywhere, plans lead to what is wanted (${worlds} worlds)`, () => {
  for (let seed = 0; seed < worlds; seed++) {
    const world = new World(seed);
    disturb(world, 40);
    if (seed % 4 === 0) world.want("deleted", 1);
    settle(world);
    try {
      expectAsWanted(world);
    } catch (cause) {
      throw new Error(`world ${seed} did not settle`, { cause });
    }
  }
});

test("a single lost process is made good within 5 s, whatever the jitter", () => {
  for (let seed = 0; seed < 50; seed++) {
    const world = new World(seed);
    world.want("running", 3);
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
