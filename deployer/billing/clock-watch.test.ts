import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { billWorkspace } from "#lib/services/instance-billing/bill-workspace.ts";
import {
  addInstance,
  type Billed,
  createBilled,
  deployBilled,
  move,
  moveClock,
  secondNano,
  wallet,
} from "#lib/services/instance-billing/testing/billed.ts";
import { checkInvariants } from "#lib/services/invariants/check.ts";
import { createTestDatabase, type TestDatabase } from "#test/database.ts";
import { createClockWatch, stepBetween } from "./clock-watch.ts";

const credit = 1_000_000_000n;
let database: TestDatabase;
let client: pg.Client;
beforeAll(async () => {
  database = await createTestDatabase();
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

/** A watch whose own clock goes on by what `pass` says, which also lets the database's go on. */
function watched() {
  let passedMs = 0;
  const look = createClockWatch(() => performance.now() + passedMs);
  return {
    look: () => look(client),
    forget: look.forget,
    async pass(seconds: number) {
      passedMs += seconds * 1_000;
      await moveClock(database.db, seconds);
    },
  };
}

async function running(billed: Billed, name: string): Promise<string> {
  const id = await addInstance(billed.db, await deployBilled(billed, name));
  await move(billed.db, id, "ready");
  return id;
}

/** Seconds that were charged at the end. */
async function secondsCharged({ db, workspaceId }: Billed): Promise<number> {
  await billWorkspace(db, workspaceId);
  return Number((credit - (await wallet(db, workspaceId)).balanceNano) / secondNano);
}

test.each([3_600, -3_600])("a clock set by %i s in mid-run changes no second of what is billed", async (step) => {
  const billed = await createBilled(database, credit);
  const { db } = database;
  const { look, pass } = watched();
  const startedMs = performance.now();
  const id = await running(billed, "svc");
  expect(await look()).toBe(0);
  await pass(100);
  expect(await look()).toBe(0);
  await billWorkspace(db, billed.workspaceId);
  await moveClock(db, step);
  expect(Math.abs((await look()) / 1_000 - step)).toBeLessThan(1);
  await pass(100);
  expect(await look()).toBe(0);
  await move(db, id, "stopped");
  const lasted = 200 + (performance.now() - startedMs) / 1_000;
  expect(Math.abs((await secondsCharged(billed)) - lasted)).toBeLessThan(2);
});

test.each([3_600, -3_600])("one that ends right after the clock was set by %i s, before anybody has looked", async (step) => {
  const billed = await createBilled(database, credit);
  const { db } = database;
  const { look, pass } = watched();
  const startedMs = performance.now();
  const ending = await running(billed, "svc");
  await look();
  await pass(100);
  await look();
  await moveClock(db, step);
  await move(db, ending, "stopped");
  const beginning = await running(billed, "other");
  await look();
  await pass(50);
  await look();
  await move(db, beginning, "stopped");
  const lasted = 150 + (performance.now() - startedMs) / 1_000;
  expect(Math.abs((await secondsCharged(billed)) - lasted)).toBeLessThan(3);
  const rows = await db.instanceInterval.findMany({ where: { workspaceId: billed.workspaceId } });
  for (const { startedAt, endedAt } of rows) expect(endedAt?.getTime()).toBeGreaterThanOrEqual(startedAt.getTime());
  expect((await checkInvariants(database)).filter((result) => result.violations > 0)).toEqual([]);
});

test("a clock that went back while nobody watched stands still rather than bill less than nothing", async () => {
  const billed = await createBilled(database, credit);
  const { db } = database;
  const { look, pass, forget } = watched();
  const id = await running(billed, "svc");
  await look();
  await pass(100);
  await look();
  await billWorkspace(db, billed.workspaceId);
  forget();
  await moveClock(db, -7_200);
  expect((await look()) / 1_000).toBeLessThan(-7_000);
  await pass(10);
  await move(db, id, "stopped");
  const charged = await secondsCharged(billed);
  expect(charged).toBeGreaterThanOrEqual(109);
  expect(charged).toBeLessThan(120);
});

test("without anybody who looks, a clock set back still gives no time below zero", async () => {
  const billed = await createBilled(database, credit);
  const { db } = database;
  const id = await running(billed, "svc");
  await moveClock(db, 100);
  await billWorkspace(db, billed.workspaceId);
  const { leasedNano } = await wallet(db, billed.workspaceId);
  await moveClock(db, -3_600);
  expect(await billWorkspace(db, billed.workspaceId)).toEqual({ open: 1, missingNano: 0n });
  expect((await wallet(db, billed.workspaceId)).leasedNano).toBeLessThanOrEqual(leasedNano);
  await move(db, id, "backoff", "process_exited");
  await move(db, id, "ready");
  await move(db, id, "stopped");
  const rows = await db.instanceInterval.findMany({ where: { instanceId: id }, orderBy: { id: "asc" } });
  expect(rows).toHaveLength(2);
  for (const { startedAt, endedAt } of rows) expect(endedAt?.getTime()).toBeGreaterThanOrEqual(startedAt.getTime());
  expect(rows[1]?.startedAt.getTime()).toBeGreaterThanOrEqual(rows[0]?.endedAt?.getTime() as number);
  const charged = await secondsCharged(billed);
  expect(charged).toBeGreaterThanOrEqual(100);
  expect(charged).toBeLessThan(110);
  expect((await checkInvariants(database)).filter((result) => result.violations > 0)).toEqual([]);
});

test("a slow answer is no step", () => {
  const last = { askedMs: 0, answeredMs: 5_000, shownMs: 0 };
  expect(stepBetween(last, { askedMs: 6_000, answeredMs: 6_010, shownMs: 6_000 })).toBe(0);
  expect(stepBetween(last, { askedMs: 6_000, answeredMs: 12_000, shownMs: 12_900 })).toBe(0);
  expect(stepBetween(last, { askedMs: 6_000, answeredMs: 6_010, shownMs: 9_000 })).toBeGreaterThan(4_000);
  expect(stepBetween(last, { askedMs: 6_000, answeredMs: 6_010, shownMs: -600_000 })).toBeLessThan(-600_000);
});
