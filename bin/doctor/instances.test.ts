import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { eventually } from "#deployer/drivers/contract.ts";
import { createInstallation, end, type Installation } from "#deployer/testing/installation.ts";
import { parseConfig } from "#lib/config.ts";
import { createService } from "#test/services-factory.ts";
import { checkInstances } from "./instances.ts";

let installation: Installation;
beforeEach(async () => {
  installation = await createInstallation();
});
afterEach(() => installation.dispose());

const examine = () => checkInstances(installation.database.db, parseConfig({ HYDRA_DATA_DIR: installation.dataDir }));
const running = (serviceId: string) =>
  installation.database.db.instance.findFirstOrThrow({ where: { serviceId, state: "ready" }, orderBy: { id: "asc" } });

test("real engines: one that no row has, and a row whose engine is gone, are named together, and `npm start` settles them", {
  timeout: 60_000,
}, async () => {
  const { db } = installation.database;
  const deployer = await installation.startReady();
  const [one, two] = [await createService(db), await createService(db)];
  for (const id of [one, two]) await eventually(async () => void (await running(id)), 20_000);
  const [orphan, dead] = [await running(one), await running(two)];
  expect(await examine()).toMatchObject({ verdict: "ok", says: "2 rows with a process, 2 processes" });

  await end(deployer, "SIGKILL");
  await db.modelService.updateMany({ data: { leaseUntil: new Date(0) } });
  await db.instance.update({ where: { id: orphan.id }, data: { pid: null, pidStartedAt: null, state: "stopped", stoppedAt: new Date() } });
  process.kill(dead.pid ?? 0, "SIGKILL");
  // Nor does it hide behind a folder that is gone.
  await rm(join(installation.dataDir, "instances", orphan.id), { recursive: true });
  await eventually(async () => {
    expect(await examine()).toMatchObject({
      verdict: "fail",
      says: `rows without their process: ${dead.id}; processes without a row: ${orphan.id} (${orphan.pid})`,
      advice: expect.stringContaining("`npm start` settles it"),
    });
  }, 3_000);

  await installation.startReady();
  await eventually(
    async () => expect(await examine()).toMatchObject({ verdict: "ok", says: "2 rows with a process, 2 processes" }),
    20_000,
  );
  expect(await installation.engines()).not.toContain(orphan.pid);
});
