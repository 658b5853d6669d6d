import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import type { Db } from "#lib/db/client.ts";
import { createLogger } from "#lib/observability/logger.ts";
import { checkInvariants } from "#lib/services/invariants/check.ts";
import { databaseSteps, driverSteps, stepping } from "#test/killed-deployer/stepping.ts";
import { changeWanted, createService } from "#test/services-factory.ts";
import { eventually } from "./drivers/contract.ts";
import { RegionUnreachableError } from "./drivers/driver.ts";
import { createDriverRegistry } from "./drivers/registry.ts";
import { startLoop } from "./reconcile/loop.ts";
import { createInstallation, type Installation } from "./testing/installation.ts";
import { openLocal } from "./testing/local-place.ts";

/** One thing that happens to a running service, and what it must come to. */
interface Change {
  state: "running" | "stopped";
  make(installation: Installation, id: string): Promise<unknown>;
}

const toType = (name: string): Change => ({
  state: "running",
  async make({ database: { db } }, id) {
    const type = await db.instanceType.findFirstOrThrow({ where: { name } });
    return db.modelService.update({ where: { id }, data: { instanceTypeId: type.id, generation: { increment: 1 } } });
  },
});
const crash: Change = {
  state: "running",
  async make(installation, id) {
    // As if it had been healthy for long: crashes in a row would have to wait longer each time.
    await installation.database.db.instance.updateMany({ where: { serviceId: id }, data: { failures: 0 } });
    for (const pid of await installation.engines(id)) process.kill(pid, "SIGKILL");
    await eventually(async () => expect(await installation.engines(id)).toEqual([]), 5_000);
  },
};
const to = (wanted: "running" | "stopped"): Change => ({
  state: wanted,
  make: ({ database }, id) => changeWanted(database.db, id, { wanted }),
});

/** Each ends as it began, so that the next cut starts from there. `least`: fewer steps would not be what they are thought to be. */
const stories: { name: string; changes: Change[]; least: number }[] = [
  { name: "another type takes over", changes: [toType("cpu-medium")], least: 9 },
  { name: "a crash is made good", changes: [crash], least: 5 },
  { name: "stopped and started", changes: [to("stopped"), to("running")], least: 9 },
];

/**
 * A deployer in this process, whose every call fails from right after the step of that number on: to all others it is dead.
 * deployer/killed.test.ts does the same with a process that is killed.
 */
function openDeployer(installation: Installation, cutAt: number) {
  let steps = 0;
  let cut = false;
  const step = () => {
    steps += 1;
    if (steps >= cutAt) cut = true;
    if (cut) throw new Error(`cut off after step ${cutAt}`);
  };
  const alive = <T extends object>(target: T): T =>
    new Proxy(target, {
      get(inner, name) {
        if (cut) throw new Error(`cut off after step ${cutAt}`);
        return Reflect.get(inner, name);
      },
    });
  const db: Db = alive(stepping(installation.database.db, databaseSteps, step));
  const opened = openLocal(installation.dataDir);
  const local = alive(stepping(opened, driverSteps, step));
  const elsewhere = () => {
    throw new RegionUnreachableError("this deployer knows its own machine only");
  };
  const drivers = createDriverRegistry({ local: () => local, kubernetes: elsewhere, upstream: elsewhere });
  const logger = createLogger("deployer", { level: "silent", format: "json" });
  const loop = startLoop({ db, drivers, holder: `cut at ${cutAt} ${Math.random()}`, logger, now: () => new Date(), random: Math.random });
  const waker = setInterval(() => loop.wake(), 100);
  return {
    isCut: () => cut,
    async close() {
      clearInterval(waker);
      await loop.stop();
      opened.close();
    },
  };
}

async function expectReached(installation: Installation, id: string, { state }: Change): Promise<void> {
  const service = await installation.database.db.modelService.findUniqueOrThrow({
    where: { id },
    include: { instances: { where: { state: { not: "stopped" } } } },
  });
  expect(service).toMatchObject({ state, observedGeneration: service.generation });
  const rows = service.instances.map((row) => `${row.state} ${row.pid} ${row.instanceTypeId}`);
  const engines = (await installation.engines()).map((pid) => `ready ${pid} ${service.instanceTypeId}`);
  expect(rows).toEqual(engines);
  expect(rows).toHaveLength(state === "running" ? 1 : 0);
}

/** One cut; false where all was done before that step. */
async function live(installation: Installation, id: string, changes: readonly Change[], cutAt: number): Promise<boolean> {
  const { db } = installation.database;
  let deployer = openDeployer(installation, cutAt);
  let wasCut = false;
  try {
    for (const change of changes) {
      await change.make(installation, id);
      await eventually(async () => {
        if (deployer.isCut()) {
          wasCut = true;
          await deployer.close();
          await db.modelService.updateMany({ where: { leaseUntil: { not: null } }, data: { leaseUntil: new Date(0) } });
          deployer = openDeployer(installation, Number.POSITIVE_INFINITY);
        }
        await expectReached(installation, id, change);
      }, 60_000);
    }
  } catch (cause) {
    throw new Error(`cut off after step ${cutAt}: did not get there`, { cause });
  } finally {
    await deployer.close();
  }
  for (const { name, violations, samples } of await checkInvariants({ db })) expect(violations, `${name}: ${samples}`).toBe(0);
  return wasCut;
}

test.concurrent.each(stories)("cut off after each step: $name", { timeout: 900_000 }, async ({ changes, least }) => {
  const installation = await createInstallation();
  try {
    const id = await createService(installation.database.db);
    await live(installation, id, [{ state: "running", make: () => sleep(0) }], Number.POSITIVE_INFINITY);
    let cutAt = 1;
    // Types go forth and back, so that each life begins with a change.
    const back = (change: Change) => (changes.length === 1 && change !== crash && cutAt % 2 === 0 ? toType("cpu-small") : change);
    while (await live(installation, id, changes.map(back), cutAt)) cutAt += 1;
    expect(cutAt).toBeGreaterThan(least);
  } finally {
    await installation.dispose();
  }
});
