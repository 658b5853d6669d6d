import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { newId } from "#lib/ids.ts";
import { createTestDatabase, type TestDatabase } from "#test/database.ts";
import { checkInvariants } from "../invariants/check.ts";
import { verifyLedger } from "../ledger/verify.ts";
import { billWorkspace } from "./bill-workspace.ts";
import { addInstance, type Billed, createBilled, deployBilled, hourNano, move, moveClock, secondNano, wallet } from "./testing/billed.ts";

const credit = 1_000_000_000n;
let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
afterEach(async () => {
  expect((await checkInvariants(database)).filter((result) => result.violations > 0)).toEqual([]);
  expect((await verifyLedger(database)).broken).toBeNull();
});

async function running(name = "svc"): Promise<Billed & { serviceId: string; instanceId: string }> {
  const billed = await createBilled(database, credit);
  const serviceId = await deployBilled(billed, name);
  const instanceId = await addInstance(billed.db, serviceId);
  await move(billed.db, instanceId, "starting");
  await move(billed.db, instanceId, "ready");
  return { ...billed, serviceId, instanceId };
}

const intervals = (instanceId: string) => database.db.instanceInterval.findMany({ where: { instanceId }, orderBy: { id: "asc" } });

/** Whole seconds between two moments, as they are billed. */
function seconds(from: Date | undefined, to: Date | null | undefined): bigint {
  if (!from || !to) throw new Error("an interval that began and ended was expected");
  return BigInt(Math.floor((to.getTime() - from.getTime()) / 1_000));
}

/** The clock goes on while a test moves it: a busy machine may add a few seconds. */
function expectAbout(lasted: bigint, wanted: bigint): void {
  expect(lasted).toBeGreaterThanOrEqual(wanted);
  expect(lasted).toBeLessThanOrEqual(wanted + 5n);
}

test("an instance is billed from ready to stopped, draining included, to the second, and once", async () => {
  const { db, workspaceId, instanceId } = await running();
  await moveClock(db, 3_725);
  expect(await billWorkspace(db, workspaceId)).toEqual({ open: 1, missingNano: 0n });
  const [open] = await intervals(instanceId);
  expect(open).toMatchObject({ endedAt: null, endReason: null, hourNano, lossNano: 0n });
  expect(open?.chargedNano).toBe(seconds(open?.startedAt, open?.billedThrough) * secondNano);
  expect((await wallet(db, workspaceId)).leasedNano).toBe(61n * secondNano);

  await move(db, instanceId, "draining");
  await moveClock(db, 10);
  await move(db, instanceId, "stopped");
  await moveClock(db, 500);
  await Promise.all(Array.from({ length: 8 }, () => billWorkspace(db, workspaceId)));
  const [closed, ...more] = await intervals(instanceId);
  expect(more).toEqual([]);
  const lasted = seconds(closed?.startedAt, closed?.endedAt);
  expectAbout(lasted, 3_735n);
  expect(closed).toMatchObject({ endReason: "stopped", waived: false, chargedNano: lasted * secondNano, lossNano: 0n });
  expect(closed?.billedThrough).toEqual(closed?.endedAt);
  expect(await wallet(db, workspaceId)).toEqual({ balanceNano: credit - lasted * secondNano, leasedNano: 0n });
  const keys = await db.ledgerTransaction.findMany({ where: { idempotencyKey: { startsWith: `instance:${closed?.id}:` } } });
  expect(keys.map((one) => one.idempotencyKey)).toEqual([
    `instance:${closed?.id}:${open?.billedThrough.getTime()}`,
    `instance:${closed?.id}:${closed?.endedAt?.getTime()}`,
  ]);
});

test("a crash loop costs nothing, however far each start gets; a crash after a minute is billed up to the crash", async () => {
  const { db, workspaceId, instanceId } = await running();
  for (const lived of [0, 1, 5, 30, 50]) {
    await moveClock(db, lived);
    await billWorkspace(db, workspaceId);
    await move(db, instanceId, "backoff", "process_exited");
    await billWorkspace(db, workspaceId);
    await moveClock(db, 5);
    await move(db, instanceId, "starting");
    await move(db, instanceId, "ready");
  }
  expect(await wallet(db, workspaceId)).toMatchObject({ balanceNano: credit });
  await moveClock(db, 50);
  await move(db, instanceId, "backoff", "health_lost");
  await billWorkspace(db, workspaceId);
  expect(await wallet(db, workspaceId)).toEqual({ balanceNano: credit, leasedNano: 0n });
  expect((await intervals(instanceId)).map((one) => [one.endReason, one.waived, one.chargedNano])).toEqual([
    ...Array.from({ length: 5 }, () => ["crashed", true, 0n]),
    ["health_lost", true, 0n],
  ]);

  await move(db, instanceId, "ready");
  await moveClock(db, 61);
  await move(db, instanceId, "backoff", "process_exited");
  await moveClock(db, 100);
  await billWorkspace(db, workspaceId);
  const last = (await intervals(instanceId)).at(-1);
  const lasted = seconds(last?.startedAt, last?.endedAt);
  expectAbout(lasted, 61n);
  expect(last).toMatchObject({ endReason: "crashed", waived: false, chargedNano: lasted * secondNano });
});

test("one that is stopped in order within its first minute is billed for what it was", async () => {
  const { db, workspaceId, instanceId } = await running();
  await moveClock(db, 20);
  await move(db, instanceId, "draining");
  await move(db, instanceId, "stopped");
  await billWorkspace(db, workspaceId);
  const [closed] = await intervals(instanceId);
  const lasted = seconds(closed?.startedAt, closed?.endedAt);
  expectAbout(lasted, 20n);
  expect((await wallet(db, workspaceId)).balanceNano).toBe(credit - lasted * secondNano);
});

test("a service by token opens no interval", async () => {
  const { db } = database;
  const service = await db.modelService.findFirstOrThrow({ where: { name: "hydra-tiny", billing: "token" } });
  const id = await addInstance(db, service.id);
  await move(db, id, "ready");
  expect(await intervals(id)).toEqual([]);
});

test("an instance keeps the type it was made with, also when the service's changes", async () => {
  const { db, instanceId, serviceId, place } = await running();
  const other = await createBilled(database, 1n);
  await db.modelService.update({ where: { id: serviceId }, data: { instanceTypeId: other.place.instanceTypeId } });
  expect(await db.instance.findUniqueOrThrow({ where: { id: instanceId } })).toMatchObject({ instanceTypeId: place.instanceTypeId });
  const next = await db.instance.create({ data: { id: newId("ins"), serviceId, token: "t" } });
  expect(next.instanceTypeId).toBe(other.place.instanceTypeId);
});

test("a new price counts from the moment it is in force, and never reaches back", async () => {
  const { db, workspaceId, instanceId, place } = await running();
  const [first] = await intervals(instanceId);
  const start = first?.startedAt.getTime() as number;
  /** In force from `from`, written at `written`: seconds after the start. */
  const price = (from: number, times: bigint, written = 0) =>
    db.instancePrice.create({
      data: {
        ...{ id: newId("prc"), instanceTypeId: place.instanceTypeId, hourNano: hourNano * times },
        effectiveFrom: new Date(start + from * 1_000),
        createdAt: new Date(start + written * 1_000),
      },
    });
  await price(100, 2n);
  await price(150, 3n);
  await moveClock(db, 200);
  await billWorkspace(db, workspaceId);
  await moveClock(db, 50);
  await move(db, instanceId, "stopped");
  // The last seconds are not charged yet; what is written later all the same counts from then on, or not at all.
  await price(160, 4n, 230);
  await price(170, 1_000n, 300);
  await billWorkspace(db, workspaceId);
  const pieces = await intervals(instanceId);
  expect(pieces.map((one) => [one.endReason, one.hourNano, one.continues, one.startedAt.getTime() - start])).toEqual([
    ["price_change", hourNano, false, 0],
    ["price_change", hourNano * 2n, true, 100_000],
    ["price_change", hourNano * 3n, true, 150_000],
    ["stopped", hourNano * 4n, true, 230_000],
  ]);
  for (const [n, piece] of pieces.slice(1).entries()) expect(piece.startedAt).toEqual(pieces[n]?.endedAt);
  const last = seconds(pieces[3]?.startedAt, pieces[3]?.endedAt);
  expectAbout(last, 20n);
  expect((await wallet(db, workspaceId)).balanceNano).toBe(credit - (100n + 2n * 50n + 3n * 80n + 4n * last) * secondNano);
});

test("a price in force cannot be altered, nor one that was used be deleted", async () => {
  const { db, place } = await running();
  const price = await db.instancePrice.findFirstOrThrow({ where: { instanceTypeId: place.instanceTypeId } });
  await expect(db.instancePrice.update({ where: { id: price.id }, data: { hourNano: 1n } })).rejects.toThrow(/in force/);
  await expect(db.instancePrice.delete({ where: { id: price.id } })).rejects.toThrow();
});

test("the database refuses overlaps, two open ones, deletions, and what would change the past", async () => {
  const { db, workspaceId, instanceId } = await running();
  await moveClock(db, 100);
  await billWorkspace(db, workspaceId);
  const [open] = await intervals(instanceId);
  if (!open) throw new Error("no interval");
  const { id: _id, ...same } = open;
  await expect(db.instanceInterval.create({ data: same })).rejects.toThrow(/Unique|unique/);
  const before = new Date(open.startedAt.getTime() - 5_000);
  const ended = { endedAt: new Date(open.startedAt.getTime() + 5_000), endReason: "stopped" as const };
  const fresh = { ...same, ...ended, startedAt: before, billedThrough: before, chargedNano: 0n };
  await expect(db.instanceInterval.create({ data: fresh })).rejects.toThrow(/overlap/);
  await expect(db.instanceInterval.delete({ where: { id: open.id } })).rejects.toThrow(/append-only/);
  const change = (data: object) => db.instanceInterval.update({ where: { id: open.id }, data });
  for (const data of [
    { chargedNano: 0n, billedThrough: open.startedAt },
    { hourNano: 1n },
    { startedAt: before },
    { chargedNano: open.chargedNano + 1n },
    { endedAt: before, endReason: "stopped" },
    { waived: true },
  ])
    await expect(change(data)).rejects.toThrow(/not changed like this|check constraint|violates/);
  await move(db, instanceId, "stopped");
  await expect(change({ endedAt: null, endReason: null })).rejects.toThrow(/not changed like this/);
});
