import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { newId } from "#lib/ids.ts";
import { createTestDatabase, type TestDatabase } from "#test/database.ts";
import { createService } from "#test/services-factory.ts";
import { cleanText, keptLines, pruneRuns, type ReadRun, storeLines } from "./store-lines.ts";

let database: TestDatabase;
let serviceId: string;
let instanceId: string;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  serviceId = await createService(database.db);
  instanceId = newId("ins");
  await database.db.instance.create({ data: { id: instanceId, serviceId, token: "t" } });
});

const change = (data: Parameters<typeof database.db.instance.update>[0]["data"]) =>
  database.db.instance.update({ where: { id: instanceId }, data });
const runs = () => database.db.instanceRun.findMany({ where: { serviceId }, orderBy: { number: "asc" } });
const lines = (from: number, count: number) => Array.from({ length: count }, (_, index) => ({ at: null, text: `line ${from + index}` }));

async function newRun(nonce = newId("req")): Promise<ReadRun> {
  await change({ state: "starting", nonce });
  const run = await database.db.instanceRun.findFirstOrThrow({ where: { instanceId, nonce } });
  return { id: run.id, logCursor: null, secrets: [] };
}

test("a start begins a run, and what becomes of the instance ends it", async () => {
  await change({ state: "starting", nonce: "one", reason: "loading_weights" });
  await change({ pid: 7, pidStartedAt: "70", host: "here" });
  const at = { endpoint: "http://127.0.0.1:1", readyAt: new Date() };
  await change({ state: "ready", reason: "", ...at });
  expect(await runs()).toMatchObject([{ number: 1, nonce: "one", pid: 7, host: "here", readyAt: expect.any(Date), endedAt: null }]);
  const data = { code: "SIGKILL", times: 1, retryInSeconds: 1 };
  await change({
    state: "backoff",
    reason: "process_exited",
    reasonData: data,
    pid: null,
    pidStartedAt: null,
    endpoint: null,
    readyAt: null,
  });
  expect(await runs()).toMatchObject([
    { pid: 7, host: "here", endedAt: expect.any(Date), exit: "SIGKILL", reason: "process_exited", reasonData: data },
  ]);
  await change({ state: "starting", nonce: "two" });
  await change({ state: "draining", reason: "draining", reasonData: {} });
  expect((await runs())[1]).toMatchObject({ number: 2, endedAt: null, readyAt: null });
  await change({ state: "stopped", stoppedAt: new Date(), reason: "" });
  expect((await runs())[1]).toMatchObject({ endedAt: expect.any(Date), exit: null, reason: "" });
});

test("a start that was lost and made again is a run of its own, and never two are open", async () => {
  await newRun("lost");
  await newRun("again");
  expect((await runs()).map((run) => [run.nonce, run.endedAt !== null])).toEqual([
    ["lost", true],
    ["again", false],
  ]);
});

test("the newest thousand lines of a run stay, with their numbers", async () => {
  const run = await newRun();
  for (let part = 0; part < 5; part++) {
    const cursor = String(part);
    const logCursor = part === 0 ? null : String(part - 1);
    expect(await storeLines(database.db, { ...run, logCursor }, { lines: lines(part * 300 + 1, 300), cursor }, false, new Date())).toBe(
      true,
    );
  }
  const kept = await database.db.runLogLine.findMany({ where: { runId: run.id }, orderBy: { seq: "asc" } });
  expect(kept.map((line) => line.seq)).toEqual(Array.from({ length: keptLines }, (_, index) => 501 + index));
  expect(kept.every((line) => line.text === `line ${line.seq}`)).toBe(true);
});

test("of many deployers that read the same part, one writes it", async () => {
  const run = await newRun();
  const part = { lines: lines(1, 20), cursor: "20" };
  const stored = await Promise.all(Array.from({ length: 8 }, () => storeLines(database.db, run, part, false, new Date())));
  expect(stored.filter(Boolean)).toHaveLength(1);
  expect(await database.db.runLogLine.count({ where: { runId: run.id } })).toBe(20);
});

test("after its end was read nothing is added", async () => {
  const run = await newRun();
  expect(await storeLines(database.db, run, null, true, new Date())).toBe(true);
  expect(await storeLines(database.db, run, { lines: lines(1, 1), cursor: "1" }, false, new Date())).toBe(false);
});

test("the newest 20 runs of a service stay, and whatever still runs", async () => {
  const first = await newRun();
  await storeLines(database.db, first, { lines: lines(1, 3), cursor: "3" }, false, new Date());
  for (let number = 0; number < 24; number++) await newRun();
  await pruneRuns(database.db);
  const left = await runs();
  expect(left.map((run) => run.number)).toEqual(Array.from({ length: 20 }, (_, index) => 6 + index));
  expect(await database.db.runLogLine.count({ where: { runId: first.id } })).toBe(0);
  await database.db.$executeRaw`UPDATE "instance_runs" SET "startedAt" = now() - interval '1 year' WHERE "endedAt" IS NULL`;
  await newRun();
  await change({ state: "stopped", stoppedAt: new Date() });
  await pruneRuns(database.db);
  expect(await database.db.instanceRun.count({ where: { serviceId } })).toBe(20);
});

test("what is shown has no key, no secret of the run and nothing that a terminal obeys", () => {
  const secret = "f".repeat(64);
  expect(cleanText(`key sk-hy-abcdefghijklmnop, token ${secret}\u0000\u001b[31m red\u001b[0m\ttab\r`, [secret])).toBe(
    "key sk-hy-abcd…, token … red\ttab",
  );
  const long = cleanText("字".repeat(3_000), []);
  expect(Buffer.byteLength(long)).toBeLessThanOrEqual(4_096);
  expect(long).toMatch(/^字+…$/);
});
