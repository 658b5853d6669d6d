import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { newId } from "#lib/ids.ts";
import { createTestDatabase, type TestDatabase } from "#test/database.ts";
import { createService } from "#test/services-factory.ts";
import { acquireLease, assertHeld, type Lease, LeaseLostError, leaseMs, releaseLease, writeUnderLease } from "./lease.ts";

let database: TestDatabase;
let serviceId: string;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  serviceId = await createService(database.db);
});

async function acquire(holder: string): Promise<Lease> {
  const lease = await acquireLease(database.db, serviceId, holder);
  if (!lease) throw new Error(`${holder} did not get the lease`);
  return lease;
}

/** As if that much time had passed for the database. */
async function age(ms: number): Promise<void> {
  await database.db.$executeRaw`
    UPDATE "model_services" SET "leaseUntil" = "leaseUntil" - ${ms} * interval '1 millisecond' WHERE "id" = ${serviceId}`;
}

const addInstance = (lease: Lease) =>
  writeUnderLease(database.db, lease, (tx) => tx.instance.create({ data: { id: newId("ins"), serviceId, token: "t" } }));
const instances = () => database.db.instance.count({ where: { serviceId } });

test("one holder at a time; the next gets a higher fence", async () => {
  const first = await acquire("a");
  expect(await acquireLease(database.db, serviceId, "b")).toBeNull();
  await addInstance(first);
  await releaseLease(database.db, first);
  const second = await acquire("b");
  expect(second.fence).toBeGreaterThan(first.fence);
  expect(await instances()).toBe(1);
});

test("of many at once, one gets it", async () => {
  const leases = await Promise.all(Array.from({ length: 10 }, (_, index) => acquireLease(database.db, serviceId, `holder ${index}`)));
  expect(leases.filter(Boolean)).toHaveLength(1);
});

test("a lease that has run out is taken over, and the old fence writes nothing more", async () => {
  const first = await acquire("a");
  await age(leaseMs);
  const second = await acquire("b");
  await expect(addInstance(first)).rejects.toThrow(LeaseLostError);
  expect(await instances()).toBe(0);
  await addInstance(second);
  expect(await instances()).toBe(1);
});

test("a lease that has run out writes nothing, though nobody has taken it over", async () => {
  const lease = await acquire("a");
  await age(leaseMs);
  await expect(addInstance(lease)).rejects.toThrow(LeaseLostError);
  expect(await instances()).toBe(0);
});

test("the same holder's earlier lease writes nothing either", async () => {
  const first = await acquire("a");
  await acquire("a");
  await expect(addInstance(first)).rejects.toThrow(LeaseLostError);
});

test("each write renews", async () => {
  const lease = await acquire("a");
  await age(leaseMs - 1_000);
  await addInstance(lease);
  await age(leaseMs - 1_000);
  expect(await acquireLease(database.db, serviceId, "b")).toBeNull();
});

test("a write under way cannot be overtaken", async () => {
  const lease = await acquire("a");
  const order: string[] = [];
  const write = writeUnderLease(database.db, lease, async () => {
    await sleep(300);
    order.push("written");
  });
  await sleep(100);
  const taken = database.db.$executeRaw`
    UPDATE "model_services" SET "leaseFence" = "leaseFence" + 1 WHERE "id" = ${serviceId}`.then(() => order.push("taken"));
  await Promise.all([write, taken]);
  expect(order).toEqual(["written", "taken"]);
});

test("releasing an old lease does not take away the new one", async () => {
  const first = await acquire("a");
  await age(leaseMs);
  const second = await acquire("b");
  await releaseLease(database.db, first);
  await addInstance(second);
});

test("a write that fails leaves nothing behind", async () => {
  const lease = await acquire("a");
  const failing = writeUnderLease(database.db, lease, async (tx) => {
    await tx.instance.create({ data: { id: newId("ins"), serviceId, token: "t" } });
    throw new Error("no");
  });
  await expect(failing).rejects.toThrow("no");
  expect(await instances()).toBe(0);
});

test("processes are not touched on a lease that may have run out", async () => {
  const lease = await acquire("a");
  expect(() => assertHeld(lease)).not.toThrow();
  expect(() => assertHeld({ ...lease, heldUntil: performance.now() - 1 })).toThrow(LeaseLostError);
});

test("a deleted service has no lease", async () => {
  await database.db.modelService.update({ where: { id: serviceId }, data: { state: "deleted", deletedAt: new Date() } });
  expect(await acquireLease(database.db, serviceId, "a")).toBeNull();
});
