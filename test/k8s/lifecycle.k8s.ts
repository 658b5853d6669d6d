import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually } from "#deployer/drivers/contract.ts";
import { labels } from "#deployer/drivers/kubernetes/names.ts";
import { type ClusterWorld, createWorld } from "./world.ts";

/** The life of one service, step by step, with calls through the gateway all the while. */
let world: ClusterWorld;
const endBackground = new AbortController();
let background: Promise<void>;
let answered = 0;
let failed: string[] = [];
let mostReady = 0;

beforeAll(async () => {
  world = await createWorld();
});
afterAll(async () => {
  endBackground.abort();
  await background;
  await world.dispose();
});

async function keepCalling(): Promise<void> {
  while (!endBackground.signal.aborted) {
    const { instances } = await world.service();
    mostReady = Math.max(mostReady, instances.filter((row) => row.state === "ready").length);
    await world.chat().then(
      () => {
        answered += 1;
      },
      (error) => failed.push(String(error)),
    );
    await sleep(100);
  }
}

/** As many are ready as wanted, in rows and in the cluster alike, and the service says so. */
async function runs(instances: number, limitMs = 60_000): Promise<void> {
  await eventually(async () => {
    const service = await world.service();
    expect(service).toMatchObject({ state: "running", observedGeneration: service.generation });
    expect(service.instances.filter((row) => row.state === "ready")).toHaveLength(instances);
    expect(
      world.place.agent
        .running()
        .map((one) => one.pod.metadata?.labels?.[labels.instance])
        .sort(),
    ).toEqual(service.instances.map((row) => row.id).sort());
  }, limitMs);
}

test("deployed, it runs and answers through the gateway", async () => {
  await runs(1);
  const [row] = (await world.service()).instances;
  expect(row).toMatchObject({ pid: null, podName: expect.stringMatching(/^hydra-i-/), host: expect.stringContaining("-node-") });
  await eventually(() => world.chat(), 10_000);
  background = keepCalling();
});

test("1 → 5 → 2, and no call fails on the way", async () => {
  await world.want({ wantedInstances: 5 });
  await runs(5);
  await world.want({ wantedInstances: 2 });
  await runs(2);
  expect(failed).toEqual([]);
});

test("another instance type replaces them one by one", async () => {
  const before = (await world.service()).instances.map((row) => row.id);
  mostReady = 0;
  await world.want({ instanceTypeId: world.instanceTypeIds[1] });
  await eventually(async () => {
    const { instances } = await world.service();
    expect(instances.filter((row) => before.includes(row.id))).toEqual([]);
  }, 90_000);
  await runs(2);
  expect(mostReady).toBeLessThanOrEqual(3);
  expect(failed).toEqual([]);
});

test("a killed deployer leaves it serving, and the next one takes it over as it is", async () => {
  const before = world.place.agent
    .running()
    .map((one) => one.pod.metadata?.uid)
    .sort();
  await world.restartDeployer("SIGKILL");
  await runs(2);
  expect(
    world.place.agent
      .running()
      .map((one) => one.pod.metadata?.uid)
      .sort(),
  ).toEqual(before);
  expect(failed).toEqual([]);
});

test("the API server restarts: calls go on, the service says why it cannot be changed, and then it is", async () => {
  const mend = await world.place.cutApi();
  try {
    const before = answered;
    await world.want({ wantedInstances: 3 });
    await eventually(async () => expect(await world.service()).toMatchObject({ reason: "region_unreachable" }), 40_000);
    await eventually(async () => expect(answered).toBeGreaterThan(before + 5), 20_000);
  } finally {
    await mend();
  }
  await runs(3, 90_000);
  expect(failed).toEqual([]);
});

test("a lost node: its instances are told by its name and come up on another", { timeout: 180_000 }, async () => {
  const [lost] = (await world.service()).instances.map((row) => row.host ?? "");
  failed = [];
  world.place.agent.lose(lost ?? "");
  await eventually(async () => {
    const { instances } = await world.service();
    const ready = instances.filter((row) => row.state === "ready");
    expect(ready).toHaveLength(3);
    expect(ready.map((row) => row.host)).not.toContain(lost);
  }, 150_000);
  const events = await world.installation.database.db.serviceEvent.findMany({
    where: { serviceId: world.serviceId, kind: "instance_exited" },
  });
  expect(events).toContainEqual(expect.objectContaining({ data: expect.objectContaining({ code: "node_lost" }) }));
});

test("deleted, nothing is left but what is another's", { timeout: 200_000 }, async () => {
  endBackground.abort();
  await background;
  await world.want({ wanted: "deleted" });
  await eventually(async () => {
    const { db } = world.installation.database;
    expect(await db.modelService.findUniqueOrThrow({ where: { id: world.serviceId } })).toMatchObject({ state: "deleted" });
  }, 60_000);
  // Budgets and claims go with the next pruning, one a minute.
  await eventually(async () => expect(await world.place.leftOvers()).toEqual([]), 120_000);
});
