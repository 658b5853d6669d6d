import type { ChildProcess } from "node:child_process";
import { expect, test } from "vitest";
import { checkInvariants } from "#lib/services/invariants/check.ts";
import { changeWanted, createService } from "#test/services-factory.ts";
import { eventually } from "./drivers/contract.ts";
import { createInstallation, end, type Installation, isRunning } from "./testing/installation.ts";

/** Lives tried at once: most of each is waiting. */
const lanes = 3;

/** What each part of a service's life has to end in. */
async function isReached(installation: Installation, id: string, state: "running" | "deleted"): Promise<boolean> {
  const service = await installation.database.db.modelService.findUniqueOrThrow({
    where: { id },
    include: { instances: { where: { state: { not: "stopped" } } } },
  });
  const rows = service.instances.map((row) => `${row.state} ${row.pid}`);
  const engines = (await installation.engines()).map((pid) => `ready ${pid}`);
  return service.state === state && rows.length === (state === "running" ? 1 : 0) && rows.join() === engines.join();
}

/** Waits until the state is reached; where the deployer dies, its lease is made to run out and another one goes on. */
async function reach(installation: Installation, id: string, state: "running" | "deleted", deployer: ChildProcess): Promise<ChildProcess> {
  let current = deployer;
  await eventually(async () => {
    if (!isRunning(current)) {
      await installation.database.db.modelService.updateMany({ where: { leaseUntil: { not: null } }, data: { leaseUntil: new Date(0) } });
      current = installation.start();
    }
    expect(await isReached(installation, id, state)).toBe(true);
  }, 40_000);
  return current;
}

/** One life of an instance, from its service's deployment to its deletion; false where the deployer came through it alive. */
async function live(installation: Installation, killAt: number): Promise<boolean> {
  const { db } = installation.database;
  const killer = installation.start("test/killed-deployer/main.ts", String(killAt));
  const id = await createService(db);
  try {
    const starter = await reach(installation, id, "running", killer);
    await changeWanted(db, id, { wanted: "deleted" });
    const ender = await reach(installation, id, "deleted", starter);
    if (isRunning(ender)) await end(ender, "SIGKILL");
    for (const { name, violations, samples } of await checkInvariants({ db })) expect(violations, `${name}: ${samples}`).toBe(0);
    return ender !== killer;
  } catch (cause) {
    throw new Error(`killed after step ${killAt}: did not get there\n${installation.log()}`, { cause });
  }
}

test("killed after each step of starting and of ending an instance, the next one gets there", { timeout: 300_000 }, async () => {
  let killAt = 0;
  let alive = false;
  const lane = async () => {
    const installation = await createInstallation();
    try {
      while (!alive) {
        killAt += 1;
        if (!(await live(installation, killAt))) alive = true;
      }
    } finally {
      await installation.dispose();
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  // Fewer would mean that the steps are not what they are thought to be.
  expect(killAt).toBeGreaterThan(12);
});
