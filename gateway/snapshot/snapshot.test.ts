import { afterAll, beforeAll, expect, test } from "vitest";
import { hexOfApiKey } from "#lib/api-key-format.ts";
import { newId } from "#lib/ids.ts";
import { createLogger } from "#lib/observability/logger.ts";
import { createTestDatabase, type TestDatabase } from "#test/database.ts";
import { caughtUp, makeCaller, makePublicService } from "#test/gateway-factory.ts";
import { seededRandom } from "./seeded-random.fixture.ts";
import { openSnapshot, type Snapshot, type SnapshotOptions } from "./snapshot.ts";
import { randomChange } from "./testing/random-change.ts";
import { expectEqual } from "./testing/truth.ts";

let database: TestDatabase;
const open: Snapshot[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  for (const snapshot of open) await snapshot.close();
  await database.drop();
});

async function start(options: Partial<SnapshotOptions> = {}): Promise<Snapshot> {
  const logger = createLogger("gateway", { level: "silent", format: "json" });
  const snapshot = openSnapshot({
    databaseUrl: database.url,
    id: newId("gtw"),
    secret: "a secret of the tests, long enough",
    address: () => "",
    logger,
    ...options,
  });
  open.push(snapshot);
  await snapshot.loaded;
  return snapshot;
}

test.each([1, 2, 3])("after any changes the snapshot equals the database, seed %i", async (seed) => {
  const random = seededRandom(seed);
  const callers = [await makeCaller(database.db, 0n), await makeCaller(database.db, 0n)];
  const made = await makePublicService(database.db, { name: `seed-${seed}`, endpoints: ["http://127.0.0.1:1", "http://127.0.0.1:2"] });
  const serviceIds = [made.id];
  const [snapshot, other] = [await start(), await start()];
  for (let round = 0; round < 15; round++) {
    const changes = Array.from({ length: 1 + Math.floor(random() * 8) }, () => randomChange(database.db, random, callers, serviceIds));
    const done = await Promise.allSettled(changes.map((change) => change()));
    // Of two made at once one may be refused by a rule of the database; any other failure is the test's own.
    for (const result of done) if (result.status === "rejected") expect(String(result.reason)).toMatch(/constraint|serializ|unique/i);
    await caughtUp(database.db);
    await expectEqual(database.db, snapshot, callers);
  }
  await expectEqual(database.db, other, callers);
  await expectEqual(database.db, await start(), callers);
});

test("a price comes into force at its time, without a reload; a key expires so too", async () => {
  const snapshot = await start();
  const { db } = database;
  const caller = await makeCaller(db, 0n);
  const { id } = await makePublicService(db, { name: "priced", endpoints: [] });
  const { modelId } = await db.modelService.findUniqueOrThrow({ where: { id } });
  const at = new Date(Date.now() + 1_500);
  const rates = { inputNano: 77n, cachedInputNano: 7n, outputNano: 777n };
  await db.tokenPrice.create({ data: { id: "prc_soon", modelId, effectiveFrom: at, ...rates } });
  await db.apiKey.update({ where: { id: caller.keyId }, data: { expiresAt: at } });
  await caughtUp(database.db);
  const hash = hexOfApiKey(caller.key);
  const principal = snapshot.principals.byKeyHash(hash);
  expect(principal?.keyId).toBe(caller.keyId);
  expect(snapshot.catalog.find("public/priced")?.price?.id).not.toBe("prc_soon");
  const versions = await db.changeCounter.findMany();
  await new Promise((resolve) => setTimeout(resolve, at.getTime() - Date.now() + 50));
  expect(snapshot.catalog.find("public/priced")?.price).toMatchObject({ id: "prc_soon", rates });
  expect(snapshot.principals.byKeyHash(hash)).toBeNull();
  expect(principal && snapshot.principals.stillHolds(principal)).toBe(false);
  expect(await db.changeCounter.findMany()).toEqual(versions);
});

test("a trial's user is looked up too; rules that change are seen through a call's principal at once", async () => {
  const snapshot = await start();
  const { db } = database;
  const caller = await makeCaller(db, 0n);
  await caughtUp(database.db);
  const { userId, workspaceId } = caller;
  const trial = snapshot.principals.byTrial({ userId, workspaceId });
  const keyed = snapshot.principals.byKeyHash(hexOfApiKey(caller.key));
  if (!trial || !keyed) throw new Error("the caller is not there");
  expect(trial).toMatchObject({ userId, workspaceId, keyId: null, rules: null });
  expect(snapshot.principals.byTrial({ userId, workspaceId: "ws_other" })).toBeNull();
  await db.apiKey.update({ where: { id: caller.keyId }, data: { allowedModels: ["public/one"] } });
  await db.workspace.update({ where: { id: workspaceId }, data: { requestsPerMinute: 5 } });
  await caughtUp(database.db);
  expect(keyed.rules?.allowedModels).toEqual(["public/one"]);
  expect([keyed.workspaceLimits.requestsPerMinute, trial.workspaceLimits.requestsPerMinute]).toEqual([5, 5]);
  await db.user.update({ where: { id: userId }, data: { status: "disabled" } });
  await caughtUp(database.db);
  expect([trial, keyed].map((principal) => snapshot.principals.stillHolds(principal))).toEqual([false, false]);
  expect(snapshot.principals.byTrial({ userId, workspaceId })).toBeNull();
});

test("a closed snapshot answers nothing, and nobody waits for it", async () => {
  const snapshot = await start();
  const caller = await makeCaller(database.db, 0n);
  await snapshot.close();
  expect(snapshot.holds()).toBe(false);
  const unknowable = expect.objectContaining({ code: "billing_unavailable", retryAfterSeconds: 5 });
  expect(() => snapshot.principals.byKeyHash(hexOfApiKey(caller.key))).toThrow(unknowable);
  expect(() => snapshot.principals.byTrial(caller)).toThrow(unknowable);
  expect(() => snapshot.catalog.find("public/hydra-tiny")).toThrow(unknowable);
  expect(() => snapshot.catalog.visibleTo(caller.workspaceId)).toThrow(unknowable);
});

test("a process that starts with the id of one before takes its row at once; the old one, should it live, serves no more", async () => {
  const id = newId("gtw");
  let replaced = 0;
  const old = await start({ id, leaseMs: 1_500, onReplaced: () => replaced++ });
  const successor = await start({ id });
  await expect.poll(() => replaced, { timeout: 5_000 }).toBe(1);
  await expect.poll(() => old.holds(), { timeout: 5_000 }).toBe(false);
  await old.close();
  expect(successor.holds()).toBe(true);
  expect(await database.db.gateway.count({ where: { id } })).toBe(1);
});

test("a row that was taken away comes back with the next poll", async () => {
  const id = newId("gtw");
  const snapshot = await start({ id });
  await database.db.gateway.delete({ where: { id } });
  await expect.poll(() => database.db.gateway.count({ where: { id } }), { timeout: 5_000 }).toBe(1);
  await caughtUp(database.db);
  expect(snapshot.holds()).toBe(true);
});
