import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "#test/database.ts";
import { createUser } from "#test/services-factory.ts";
import { awaitGateways, untilAcknowledged } from "./await-gateways.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.db.gateway.deleteMany());
afterAll(() => database.drop());

const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1_000);

/** The time the wait takes, with what happens meanwhile. */
async function waitedMs(meanwhile: () => Promise<unknown> = async () => {}): Promise<number> {
  const startedMs = performance.now();
  await Promise.all([awaitGateways(database.db, "keys"), meanwhile()]);
  return performance.now() - startedMs;
}

async function keysVersion(): Promise<bigint> {
  return (await database.db.changeCounter.findUniqueOrThrow({ where: { topic: "keys" } })).version;
}

test("without gateways, and with ones whose lease has run out, nothing is waited for", async () => {
  await createUser(database.db);
  expect(await waitedMs()).toBeLessThan(500);
  await database.db.gateway.create({ data: { id: "gone", incarnation: "1", leaseUntil: inSeconds(-1) } });
  expect(await waitedMs()).toBeLessThan(500);
});

test("a gateway that is behind is waited for until it has acknowledged this topic, or is out of the table", async () => {
  await createUser(database.db);
  const version = await keysVersion();
  const { gateway } = database.db;
  await gateway.create({
    data: { id: "slow", incarnation: "1", leaseUntil: inSeconds(60), ackedKeys: version - 1n, ackedCatalog: version + 9n },
  });
  const after = (ms: number, work: () => Promise<unknown>) => async () => {
    await new Promise((resolve) => setTimeout(resolve, ms));
    await work();
  };
  expect(await waitedMs(after(400, () => gateway.updateMany({ data: { ackedKeys: version } })))).toBeGreaterThan(390);
  expect(await waitedMs()).toBeLessThan(390);
  await createUser(database.db);
  expect(await waitedMs(after(400, () => gateway.deleteMany()))).toBeGreaterThan(390);
});

test("a lease that runs out meanwhile ends the wait", async () => {
  await createUser(database.db);
  await database.db.gateway.create({ data: { id: "cut-off", incarnation: "1", leaseUntil: inSeconds(1) } });
  const waited = await waitedMs();
  expect(waited).toBeGreaterThan(700);
  expect(waited).toBeLessThan(2_500);
});

test("what is committed while it waits is not waited for", async () => {
  await createUser(database.db);
  await database.db.gateway.create({ data: { id: "busy", incarnation: "1", leaseUntil: inSeconds(60), ackedKeys: 0n } });
  const version = await keysVersion();
  const meanwhile = async () => {
    await new Promise((resolve) => setTimeout(resolve, 100));
    await createUser(database.db);
    await database.db.gateway.updateMany({ data: { ackedKeys: version } });
  };
  expect(await waitedMs(meanwhile)).toBeLessThan(1_500);
});

test("after 46 s the answer is given whatever the rows say, and a database that is away for a moment is asked again", async () => {
  let ms = 0;
  let asked = 0;
  const clock = {
    nowMs: () => ms,
    sleep: async (time: number) => {
      ms += time;
    },
  };
  await untilAcknowledged(async () => {
    asked += 1;
    if (asked % 2 === 0) throw new Error("away");
    return false;
  }, clock);
  expect(ms).toBe(46_000);
  expect(asked).toBeGreaterThan(2_000);
});
