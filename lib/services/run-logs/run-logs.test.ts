import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { runLines, runList } from "#lib/contracts/runs.ts";
import { createTestDatabase, type TestDatabase } from "#test/database.ts";
import { createService } from "#test/services-factory.ts";
import { type SignedIn, signedIn, visitor } from "../test-context.ts";
import { listLines } from "./list-lines.ts";
import { listRuns } from "./list-runs.ts";

let database: TestDatabase;
let owner: SignedIn;
let other: SignedIn;
let serviceId: string;
let runId: string;

beforeAll(async () => {
  database = await createTestDatabase();
  const { db } = database;
  const ctx = visitor(db);
  owner = await signedIn(ctx);
  other = await signedIn(ctx);
  serviceId = await createService(db, { workspaceId: owner.actor.workspaceId });
  await db.instance.create({ data: { id: "ins_1", serviceId, token: "the token" } });
  for (const nonce of ["first nonce", "second nonce"])
    await db.instance.update({ where: { id: "ins_1" }, data: { state: "starting", nonce } });
  const run = await db.instanceRun.findFirstOrThrow({ where: { number: 1 } });
  runId = run.id;
  await db.runLogLine.createMany({ data: [4, 5, 6].map((seq) => ({ runId, seq, at: new Date(seq), text: `line ${seq}` })) });
  await db.instanceRun.update({ where: { id: runId }, data: { logLines: 6, logComplete: true } });
});
afterAll(() => database.drop());

test("runs are listed newest first, without what they are known by", async () => {
  const answer = await listRuns({ ctx: owner, input: { serviceId } });
  expect(
    z
      .strictObject(runList.shape)
      .parse(answer)
      .items.map((run) => [run.number, run.endedAt === null, run.logLines]),
  ).toEqual([
    [2, true, 0],
    [1, false, 6],
  ]);
  expect(JSON.stringify(answer)).not.toMatch(/nonce|token/);
});

test("lines are read on from where the reader is", async () => {
  const read = async (after: number) =>
    z.strictObject(runLines.shape).parse(await listLines({ ctx: owner, input: { serviceId, runId, after } }));
  expect(await read(0)).toMatchObject({ items: [{ seq: 4, text: "line 4" }, { seq: 5 }, { seq: 6 }], complete: true });
  expect((await read(5)).items.map((line) => line.seq)).toEqual([6]);
  expect((await read(6)).items).toEqual([]);
});

test("another workspace's runs do not exist, nor under another service's address", async () => {
  const missing = expect.objectContaining({ code: "not_found" });
  await expect(listRuns({ ctx: other, input: { serviceId } })).rejects.toEqual(missing);
  await expect(listLines({ ctx: other, input: { serviceId, runId, after: 0 } })).rejects.toEqual(missing);
  const own = await createService(database.db, { workspaceId: other.actor.workspaceId });
  await expect(listLines({ ctx: other, input: { serviceId: own, runId, after: 0 } })).rejects.toEqual(missing);
});
