import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Billed, createBilled, deployBilled, giveCredit, secondNano, wallet } from "#lib/services/instance-billing/testing/billed.ts";
import { checkInvariants } from "#lib/services/invariants/check.ts";
import { getService } from "#lib/services/model-services/get.ts";
import { remove } from "#lib/services/model-services/remove.ts";
import { startService } from "#lib/services/model-services/start.ts";
import { stopService } from "#lib/services/model-services/stop.ts";
import { eventually } from "../drivers/contract.ts";
import { createInstallation, end, type Installation } from "../testing/installation.ts";

let place: Installation;
beforeAll(async () => {
  place = await createInstallation();
});
afterAll(() => place.dispose());

const intervals = (serviceId: string) => place.database.db.instanceInterval.findMany({ where: { serviceId }, orderBy: { id: "asc" } });

async function inState(billed: Billed, id: string, state: string): Promise<void> {
  await eventually(async () => {
    const service = await getService({ ctx: billed.user, input: { id } });
    expect({ state: service.state, reason: service.reason, reasonData: service.reasonData }).toMatchObject({ state });
  }, 30_000);
}

/** When its engines had all ended, by looking every few milliseconds; in milliseconds since the epoch. */
async function enginesGone(serviceId: string): Promise<number> {
  for (;;) {
    if ((await place.engines(serviceId)).length === 0) return Date.now();
    await sleep(20);
  }
}

test("real instances: billed from ready, across a deployer that is killed, until a second after they have ended at most", async () => {
  const billed = await createBilled(place.database, 10_000n * secondNano);
  const { db, user: ctx, workspaceId } = billed;
  const deployer = await place.startReady();
  const id = await deployBilled(billed, "svc", 2);
  await inState(billed, id, "running");
  const opened = await intervals(id);
  expect(opened.map((one) => one.endedAt)).toEqual([null, null]);
  await eventually(async () => expect((await wallet(db, workspaceId)).leasedNano).toBeGreaterThanOrEqual(122n * secondNano), 10_000);

  await end(deployer, "SIGKILL");
  const next = await place.startReady();
  await sleep(1_500);
  expect(await intervals(id)).toMatchObject(opened.map((one) => ({ id: one.id, startedAt: one.startedAt, endedAt: null })));

  await stopService({ ctx, input: { id, generation: 1 } });
  const gone = await enginesGone(id);
  await inState(billed, id, "stopped");
  for (const one of await intervals(id)) {
    expect(one.endReason).toBe("stopped");
    expect(Math.abs((one.endedAt as Date).getTime() - gone)).toBeLessThan(1_000);
  }
  await startService({ ctx, input: { id, generation: 2 } });
  await inState(billed, id, "running");
  expect(await intervals(id)).toHaveLength(4);

  await remove({ ctx, input: { id, confirmName: "svc" } });
  const deleted = await enginesGone(id);
  await eventually(async () => expect((await db.modelService.findUniqueOrThrow({ where: { id } })).state).toBe("deleted"), 30_000);
  for (const one of (await intervals(id)).slice(2)) expect(Math.abs((one.endedAt as Date).getTime() - deleted)).toBeLessThan(1_000);
  await end(next, "SIGTERM");

  const rows = await intervals(id);
  const spent = rows.reduce((sum, one) => sum + one.chargedNano, 0n);
  const seconds = rows.map((one) => BigInt(Math.floor(((one.endedAt as Date).getTime() - one.startedAt.getTime()) / 1_000)));
  expect(spent).toBe(seconds.reduce((sum, one) => sum + one, 0n) * secondNano);
  expect(await wallet(db, workspaceId)).toEqual({ balanceNano: 10_000n * secondNano - spent, leasedNano: 0n });
  expect((await checkInvariants(place.database)).filter((result) => result.violations > 0)).toEqual([]);
}, 90_000);

test("real crashes, one after another: nothing is billed for them", async () => {
  const billed = await createBilled(place.database, 10_000n * secondNano);
  const { db, user: ctx, workspaceId } = billed;
  const deployer = await place.startReady();
  const id = await deployBilled(billed, "loop");
  const isOpen = async (count: number) => {
    const rows = await intervals(id);
    expect(rows.map((row) => row.endedAt === null)).toEqual(Array.from({ length: count }, (_, n) => n === count - 1));
  };
  for (const nth of [1, 2, 3]) {
    await eventually(() => isOpen(nth), 30_000);
    for (const pid of await place.engines(id)) process.kill(pid, "SIGKILL");
  }
  await eventually(async () => expect((await intervals(id)).filter((row) => row.waived)).toHaveLength(3), 10_000);
  await remove({ ctx, input: { id, confirmName: "loop" } });
  await eventually(async () => expect((await db.modelService.findUniqueOrThrow({ where: { id } })).state).toBe("deleted"), 30_000);
  await end(deployer, "SIGTERM");
  const rows = await intervals(id);
  expect(rows.slice(0, 3).map((row) => [row.endReason, row.waived, row.chargedNano])).toEqual(Array(3).fill(["crashed", true, 0n]));
  const spent = rows.slice(3).reduce((sum, row) => sum + row.chargedNano, 0n);
  expect(await wallet(db, workspaceId)).toEqual({ balanceNano: 10_000n * secondNano - spent, leasedNano: 0n });
}, 90_000);

test("credit that runs out suspends real instances, and a credit brings them back by itself", async () => {
  const billed = await createBilled(place.database, 64n * secondNano);
  const { db, workspaceId } = billed;
  const deployer = await place.startReady();
  const id = await deployBilled(billed, "poor");
  await inState(billed, id, "running");
  await inState(billed, id, "suspended");
  expect(await getService({ ctx: billed.user, input: { id } })).toMatchObject({ reason: "arrears", wanted: "running" });
  expect(await place.engines(id)).toEqual([]);
  expect((await intervals(id)).every((one) => one.endedAt !== null && one.lossNano === 0n)).toBe(true);
  await giveCredit(db, workspaceId, 1_000n * secondNano);
  await inState(billed, id, "running");
  await end(deployer, "SIGUSR2");
  const rows = await intervals(id);
  expect(rows).toHaveLength(2);
  expect(rows.every((one) => one.endReason === "stopped" && one.billedThrough.getTime() === one.endedAt?.getTime())).toBe(true);
  expect((await checkInvariants(place.database)).filter((result) => result.violations > 0)).toEqual([]);
}, 120_000);
