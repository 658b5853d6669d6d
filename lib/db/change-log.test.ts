import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "#test/database.ts";
import { makeCaller, makePublicService, type TestCaller } from "#test/gateway-factory.ts";
import { pruneChanges, readChanges, type Versions } from "./change-log.ts";

let database: TestDatabase;
const sessions: pg.Client[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  for (const session of sessions) await session.end();
  await database.drop();
});

async function open(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  sessions.push(client);
  return client;
}

async function versionsNow(client: pg.Client): Promise<Versions> {
  return (await readChanges(client, null)).versions;
}

test("each kind of change is logged with what it changed; what no snapshot holds is not", async () => {
  const client = await open();
  const caller = await makeCaller(database.db);
  const service = await makePublicService(database.db, { name: "logged", endpoints: ["http://127.0.0.1:1"] });
  const { db } = database;
  const changed = async (work: () => Promise<unknown>): Promise<string[]> => {
    const before = await versionsNow(client);
    await work();
    return (await readChanges(client, before)).ids.sort();
  };
  const { modelId, regionId } = await db.modelService.findUniqueOrThrow({ where: { id: service.id } });
  const key = { where: { id: caller.keyId } };
  const instance = { where: { id: service.instanceIds[0] as string } };

  expect(await changed(() => db.apiKey.update({ ...key, data: { revokedAt: new Date() } }))).toEqual([`k:${caller.keyId}`]);
  expect(await changed(() => db.apiKey.update({ ...key, data: { requestsPerMinute: 5 } }))).toEqual([`k:${caller.keyId}`]);
  expect(await changed(() => db.apiKey.update({ ...key, data: { lastUsedAt: new Date() } }))).toEqual([]);
  expect(await changed(() => db.user.update({ where: { id: caller.userId }, data: { status: "disabled" } }))).toEqual([
    `u:${caller.userId}`,
  ]);
  expect(await changed(() => db.user.update({ where: { id: caller.userId }, data: { name: "Other" } }))).toEqual([]);
  expect(await changed(() => db.membership.deleteMany({ where: { userId: caller.userId } }))).toEqual([`u:${caller.userId}`]);
  expect(await changed(() => db.workspace.update({ where: { id: caller.workspaceId }, data: { concurrency: 3 } }))).toEqual([
    `w:${caller.workspaceId}`,
  ]);
  expect(await changed(() => db.instance.update({ ...instance, data: { state: "draining" } }))).toEqual([`s:${service.id}`]);
  expect(await changed(() => db.instance.update({ ...instance, data: { failures: 2 } }))).toEqual([]);
  expect(await changed(() => db.instance.deleteMany(instance))).toEqual([`s:${service.id}`]);
  expect(await changed(() => db.modelService.update({ where: { id: service.id }, data: { leaseFence: 4n } }))).toEqual([]);
  expect(await changed(() => db.modelService.update({ where: { id: service.id }, data: { wanted: "deleted" } }))).toEqual([
    `s:${service.id}`,
  ]);
  expect(await changed(() => db.model.update({ where: { id: modelId }, data: { contextLength: 4_096 } }))).toEqual([`m:${modelId}`]);
  const price = { id: "prc_log", modelId, effectiveFrom: new Date(), inputNano: 1n, cachedInputNano: 1n, outputNano: 1n };
  expect(await changed(() => db.tokenPrice.create({ data: price }))).toEqual([`m:${modelId}`]);
  expect(await changed(() => db.region.update({ where: { id: regionId }, data: { name: "elsewhere" } }))).toEqual([`r:${regionId}`]);
});

test("a statement over many rows is one change that names each, and none that stayed as it was", async () => {
  const client = await open();
  const callers = await Promise.all([makeCaller(database.db), makeCaller(database.db), makeCaller(database.db)]);
  const ids = callers.map((caller) => caller.keyId);
  await database.db.apiKey.updateMany({ where: { id: ids[0] as string }, data: { tokensPerMinute: 7 } });
  const before = await versionsNow(client);
  await database.db.apiKey.updateMany({ where: { id: { in: ids } }, data: { tokensPerMinute: 7 } });
  const changes = await readChanges(client, before);
  expect(changes.versions.keys).toBe(before.keys + 1);
  expect(changes.ids.sort()).toEqual([`k:${ids[1]}`, `k:${ids[2]}`].sort());
});

test("nothing is logged before the commit, and a transaction that is rolled back leaves nothing", async () => {
  const [reader, writer] = [await open(), await open()];
  const caller = await makeCaller(database.db);
  const before = await versionsNow(reader);
  await writer.query("BEGIN");
  await writer.query(`UPDATE "api_keys" SET "concurrency" = 1 WHERE "id" = $1`, [caller.keyId]);
  expect((await readChanges(reader, before)).versions).toEqual(before);
  await writer.query("ROLLBACK");
  await writer.query("BEGIN");
  await writer.query(`UPDATE "api_keys" SET "concurrency" = 2 WHERE "id" = $1`, [caller.keyId]);
  // The number is given at the commit: an open transaction keeps nobody waiting.
  await database.db.apiKey.update({ where: { id: (await makeCaller(database.db)).keyId }, data: { concurrency: 1 } });
  await writer.query("COMMIT");
  const after = await readChanges(reader, before);
  expect(after.ids).toContain(`k:${caller.keyId}`);
  expect(after.gap).toBe(false);
  expect((await reader.query(`SELECT 1 FROM "change_log_pending"`)).rowCount).toBe(0);
});

test("under writers at once a reader sees every change, each just once", async () => {
  const reader = await open();
  const writers = await Promise.all(Array.from({ length: 8 }, () => open()));
  const callers = await Promise.all(writers.map(() => makeCaller(database.db)));
  let since = await versionsNow(reader);
  const rounds = 60;
  const written: string[] = [];
  const write = async (writer: pg.Client, index: number) => {
    const { userId, workspaceId } = callers[index] as TestCaller;
    for (let round = 1; round <= rounds; round++) {
      const id = `key_${index}_${round}`;
      const touches = [
        `INSERT INTO "api_keys" ("id", "workspaceId", "userId", "name", "hash", "masked")
          VALUES ('${id}', '${workspaceId}', '${userId}', 'written', sha256('${id}'), '')`,
        `UPDATE "workspaces" SET "concurrency" = ${round} WHERE "id" = '${workspaceId}'`,
      ];
      await writer.query("BEGIN");
      // Both orders: commits that took their counters' locks as they came would meet in a circle.
      for (const touch of (index + round) % 2 === 0 ? touches : touches.reverse()) await writer.query(touch);
      await writer.query("COMMIT");
      written.push(`k:${id}`);
    }
  };
  let running = true;
  const writing = Promise.all(writers.map(write)).finally(() => {
    running = false;
  });
  const seen: string[] = [];
  for (let last = false; !last; ) {
    last = !running;
    const changes = await readChanges(reader, since);
    expect(changes.gap).toBe(false);
    since = changes.versions;
    seen.push(...changes.ids.filter((id) => id.startsWith("k:")));
  }
  await writing;
  expect(seen.sort()).toEqual(written.sort());
});

test("what was pruned is a gap, as is a counter that went back; a young or a near change stays", async () => {
  const client = await open();
  const caller = await makeCaller(database.db);
  const before = await versionsNow(client);
  await database.db.apiKey.update({ where: { id: caller.keyId }, data: { concurrency: 9 } });
  await pruneChanges(client);
  expect(await readChanges(client, before)).toMatchObject({ gap: false, ids: [`k:${caller.keyId}`] });
  await client.query(`UPDATE "change_log" SET "at" = now() - interval '2 hours'`);
  await pruneChanges(client);
  expect((await readChanges(client, before)).gap).toBe(false);
  await client.query(`UPDATE "change_counters" SET "version" = "version" + 10001 WHERE "topic" = 'keys'`);
  await pruneChanges(client);
  expect((await readChanges(client, before)).gap).toBe(true);
  const now = await versionsNow(client);
  expect((await readChanges(client, now)).gap).toBe(false);
  expect((await readChanges(client, { ...now, keys: now.keys + 1 })).gap).toBe(true);
});
