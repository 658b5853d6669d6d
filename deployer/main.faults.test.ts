import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { changeWanted, createService } from "#test/services-factory.ts";
import { eventually } from "./drivers/contract.ts";
import { createInstallation, end, type Installation } from "./testing/installation.ts";

let installation: Installation;
beforeEach(async () => {
  installation = await createInstallation();
});
afterEach(async (context) => {
  if (context.task.result?.state === "fail") process.stderr.write(installation.log());
  await installation.dispose();
});

/** Rows and processes are one to one, all ready, and as many as wanted. */
async function expectSettled(id: string, count: number, limitMs: number): Promise<void> {
  await eventually(async () => {
    const service = await installation.database.db.modelService.findUniqueOrThrow({
      where: { id },
      include: { instances: { where: { state: { not: "stopped" } } } },
    });
    expect(service).toMatchObject({ state: "running", observedGeneration: service.generation });
    expect(service.instances.map((row) => row.state)).toEqual(Array.from({ length: count }, () => "ready"));
    expect(await installation.engines(id)).toEqual(service.instances.map((row) => row.pid).sort((a, b) => Number(a) - Number(b)));
  }, limitMs);
}

test("two deployers at once: no instance twice, and either goes on alone", { timeout: 90_000 }, async () => {
  const { db } = installation.database;
  const [one, two] = [installation.start(), installation.start()];
  const ids = await Promise.all([createService(db, { wantedInstances: 2 }), createService(db, { wantedInstances: 1 })]);
  const [id, single] = ids as [string, string];
  await expectSettled(id, 2, 30_000);
  await expectSettled(single, 1, 30_000);
  for (const wantedInstances of [3, 1, 2]) {
    await changeWanted(db, id, { wantedInstances });
    await expectSettled(id, wantedInstances, 30_000);
  }
  await sleep(6_000);
  await expectSettled(id, 2, 1_000);
  const started = await db.serviceEvent.count({ where: { kind: "instance_started" } });
  expect(started).toBe(await db.instance.count());
  expect(await db.serviceEvent.count({ where: { kind: "instance_exited" } })).toBe(0);
  await end(one, "SIGKILL");
  await changeWanted(db, id, { wantedInstances: 3 });
  await expectSettled(id, 3, 30_000);
  await end(two, "SIGTERM");
});

test("killed again and again in the middle of its work, it still gets there", { timeout: 120_000 }, async () => {
  const { db } = installation.database;
  const id = await createService(db, { wantedInstances: 2 });
  // From before the first look to well after the last step of each change.
  const moments = [250, 350, 450, 600, 900, 1_400];
  for (const [index, moment] of moments.entries()) {
    const deployer = installation.start();
    await eventually(async () => expect(installation.log().split("deployer started").length - 1).toBe(index + 1), 10_000);
    await changeWanted(db, id, { wantedInstances: 1 + (index % 3) });
    await sleep(moment);
    await end(deployer, "SIGKILL");
  }
  await changeWanted(db, id, { wantedInstances: 2 });
  const last = await installation.startReady();
  // A lease that the last one held runs out first; leftovers get their time to drain.
  await expectSettled(id, 2, 60_000);
  await changeWanted(db, id, { wanted: "deleted" });
  await eventually(async () => expect(await db.modelService.count({ where: { id, state: "deleted" } })).toBe(1), 20_000);
  expect(await installation.engines()).toEqual([]);
  await end(last, "SIGTERM");
});
