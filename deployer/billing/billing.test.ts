import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { createLogger } from "#lib/observability/logger.ts";
import {
  addInstance,
  type Billed,
  createBilled,
  deployBilled,
  giveCredit,
  move,
  moveClock,
  secondNano,
  wallet,
} from "#lib/services/instance-billing/testing/billed.ts";
import { checkInvariants } from "#lib/services/invariants/check.ts";
import { getService } from "#lib/services/model-services/get.ts";
import { remove } from "#lib/services/model-services/remove.ts";
import { startService } from "#lib/services/model-services/start.ts";
import { stopService } from "#lib/services/model-services/stop.ts";
import { createTestDatabase, type TestDatabase } from "#test/database.ts";
import { billAll } from "./bill-all.ts";
import { startBilling } from "./billing.ts";
import { openSeat } from "./seat.ts";

const logger = createLogger("deployer", { level: "silent", format: "json" });
let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
afterEach(async () => {
  expect((await checkInvariants(database)).filter((result) => result.violations > 0)).toEqual([]);
});

const tick = () => billAll({ db: database.db, logger });

async function running(billed: Billed, name: string, instances: number): Promise<{ serviceId: string; instanceIds: string[] }> {
  const serviceId = await deployBilled(billed, name, instances);
  const instanceIds = [];
  for (let n = 0; n < instances; n++) instanceIds.push(await addInstance(billed.db, serviceId));
  for (const id of instanceIds) await move(billed.db, id, "ready");
  return { serviceId, instanceIds };
}

async function eventually(check: () => Promise<boolean>, limitMs = 15_000): Promise<void> {
  const end = performance.now() + limitMs;
  while (!(await check())) {
    if (performance.now() > end) throw new Error("not in time");
    await sleep(50);
  }
}

test("the next minute is set apart, so that neither calls nor other instances can spend it", async () => {
  const billed = await createBilled(database, 260n * secondNano);
  const { db, workspaceId } = billed;
  await running(billed, "svc", 2);
  await tick();
  expect((await wallet(db, workspaceId)).leasedNano).toBe(122n * secondNano);
  // It is there for the instances themselves: one more makes three, and there is credit for three.
  const third = await deployBilled(billed, "third");
  await remove({ ctx: billed.user, input: { id: third, confirmName: "third" } });
  const draw = (needed: bigint) =>
    db.$queryRaw<{ granted: bigint; others: bigint; pending: bigint }[]>`
      SELECT * FROM draw_credit('gtw_1', ${workspaceId}, ${`op_${needed}`}, ${needed}, ${needed}, 0, 1)`;
  // Nor does a gateway wait for anybody to give it back.
  expect(await draw(139n * secondNano)).toMatchObject([{ granted: 0n, others: 0n, pending: 0n }]);
  expect(await draw(138n * secondNano)).toMatchObject([{ granted: 138n * secondNano }]);
  await expect(deployBilled(billed, "more")).rejects.toMatchObject({ code: "credit_balance_exhausted" });
});

test("who cannot pay the next minute is suspended, pays for its drain, and goes on by itself when there is credit", async () => {
  const billed = await createBilled(database, 300n * secondNano);
  const { db, user: ctx, workspaceId } = billed;
  const { serviceId, instanceIds } = await running(billed, "svc", 2);
  await tick();
  await moveClock(db, 70);
  await tick();
  expect(await getService({ ctx, input: { id: serviceId } })).toMatchObject({ suspendedAt: null, generation: 1 });
  await moveClock(db, 25);
  await tick();
  const suspended = await getService({ ctx, input: { id: serviceId } });
  expect(suspended).toMatchObject({
    wanted: "running",
    generation: 2,
    state: "stopping",
    reason: "arrears",
    events: [{ kind: "suspended" }, {}],
  });
  expect(suspended.suspendedAt).not.toBeNull();
  await tick();
  expect((await getService({ ctx, input: { id: serviceId } })).generation).toBe(2);

  for (const id of instanceIds) await move(db, id, "draining");
  await moveClock(db, 12);
  for (const id of instanceIds) await move(db, id, "stopped");
  await tick();
  const rows = await db.instanceInterval.findMany({ where: { workspaceId } });
  const spent = rows.reduce((sum, row) => sum + row.chargedNano, 0n);
  expect(rows.every((row) => row.lossNano === 0n)).toBe(true);
  expect(spent).toBeGreaterThanOrEqual(2n * 107n * secondNano);
  expect(await wallet(db, workspaceId)).toEqual({ balanceNano: 300n * secondNano - spent, leasedNano: 0n });
  await db.modelService.update({ where: { id: serviceId }, data: { state: "suspended", observedGeneration: 2, reason: "arrears" } });
  await tick();
  expect(await getService({ ctx, input: { id: serviceId } })).toMatchObject({ state: "suspended", reason: "arrears", generation: 2 });
  await expect(startService({ ctx, input: { id: serviceId, generation: 2 } })).rejects.toMatchObject({ code: "credit_balance_exhausted" });

  await giveCredit(db, workspaceId, 120n * secondNano);
  await tick();
  const resumed = await getService({ ctx, input: { id: serviceId } });
  expect(resumed).toMatchObject({ suspendedAt: null, generation: 3, state: "pending", wantedInstances: 2 });
  expect(resumed.events.map((event) => event.kind)).toEqual(["resumed", "suspended", "service_created"]);
});

test("a credit line is grace: it is used up before anything is suspended", async () => {
  const billed = await createBilled(database, 100n * secondNano);
  const { db, user: ctx, workspaceId } = billed;
  await db.ledgerAccount.updateMany({ where: { workspaceId }, data: { creditLineNano: 100n * secondNano } });
  const { serviceId, instanceIds } = await running(billed, "svc", 1);
  await moveClock(db, 120);
  await tick();
  expect(await getService({ ctx, input: { id: serviceId } })).toMatchObject({ suspendedAt: null });
  expect((await wallet(db, workspaceId)).balanceNano).toBeLessThan(0n);
  await moveClock(db, 30);
  await tick();
  expect((await getService({ ctx, input: { id: serviceId } })).suspendedAt).not.toBeNull();
  await move(db, instanceIds[0] as string, "stopped");
  await tick();
});

test("a suspended service that its owner stops stays stopped when there is credit", async () => {
  const billed = await createBilled(database, 70n * secondNano);
  const { db, user: ctx, workspaceId } = billed;
  const { serviceId, instanceIds } = await running(billed, "svc", 1);
  await moveClock(db, 40);
  await tick();
  await stopService({ ctx, input: { id: serviceId, generation: 2 } });
  await move(db, instanceIds[0] as string, "stopped");
  await giveCredit(db, workspaceId, 1_000n * secondNano);
  await tick();
  expect(await getService({ ctx, input: { id: serviceId } })).toMatchObject({ wanted: "stopped", suspendedAt: null, generation: 3 });
});

test("what ran while nobody billed is charged as far as credit goes, and the rest is the platform's loss", async () => {
  const billed = await createBilled(database, 100n * secondNano);
  const { db, workspaceId } = billed;
  const { serviceId, instanceIds } = await running(billed, "svc", 1);
  await moveClock(db, 1_000);
  await tick();
  expect(await wallet(db, workspaceId)).toEqual({ balanceNano: 0n, leasedNano: 0n });
  await move(db, instanceIds[0] as string, "stopped");
  await tick();
  const [row] = await db.instanceInterval.findMany({ where: { serviceId } });
  expect(row?.chargedNano).toBe(100n * secondNano);
  expect(row?.lossNano).toBeGreaterThanOrEqual(900n * secondNano);
  expect(await db.modelService.findUniqueOrThrow({ where: { id: serviceId } })).toMatchObject({ generation: 2 });
});

test("one deployer bills at a time; another takes over when it is gone", async () => {
  const { url, db } = database;
  const first = openSeat(url);
  const second = openSeat(url);
  expect(await first.take()).not.toBeNull();
  expect(await second.take()).toBeNull();
  expect(await first.take()).not.toBeNull();
  // As a connection ends with a process that is killed.
  await db.$queryRaw`SELECT pg_terminate_backend(a.pid) FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
    WHERE l.locktype = 'advisory' AND l.granted AND a.application_name = 'hydra-billing' AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())`;
  await eventually(async () => (await second.take()) !== null);
  expect(await first.take()).toBeNull();
  await second.leave();
  expect(await first.take()).not.toBeNull();
  await first.leave();
});

test("running, it charges by itself, outlives a lost connection, and at its stop charges what has ended", async () => {
  const billed = await createBilled(database, 10_000n * secondNano);
  const { db, workspaceId } = billed;
  const { instanceIds } = await running(billed, "svc", 1);
  const deps = { db, databaseDirectUrl: database.url, logger };
  const ones = [startBilling(deps), startBilling(deps)];
  await eventually(async () => (await wallet(db, workspaceId)).leasedNano === 61n * secondNano);
  await db.$queryRaw`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'hydra-billing' AND datname = current_database()`;
  await giveCredit(db, workspaceId, 1n);
  await move(db, instanceIds[0] as string, "stopped");
  await eventually(async () => (await wallet(db, workspaceId)).leasedNano === 0n);
  const next = await addInstance(db, (await db.instance.findUniqueOrThrow({ where: { id: instanceIds[0] as string } })).serviceId);
  await move(db, next, "ready");
  await sleep(1_100);
  await move(db, next, "stopped");
  for (const one of ones) await one.stop();
  expect(await db.instanceInterval.count({ where: { instanceId: next, chargedNano: { gt: 0n } } })).toBe(1);
  const left = await db.$queryRaw<
    unknown[]
  >`SELECT FROM pg_stat_activity WHERE application_name = 'hydra-billing' AND datname = current_database()`;
  expect(left).toEqual([]);
});
