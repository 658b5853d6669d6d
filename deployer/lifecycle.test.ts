import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { newId } from "#lib/ids.ts";
import { getService } from "#lib/services/model-services/get.ts";
import { signedIn, visitor } from "#lib/services/test-context.ts";
import { addCredit, changeWanted, createFundedWorkspace, createModel, createService } from "#test/services-factory.ts";
import { eventually } from "./drivers/contract.ts";
import { readMachine } from "./drivers/local/machine.ts";
import { createInstallation, type Installation } from "./testing/installation.ts";

let installation: Installation;
let regionId: string;
beforeAll(async () => {
  installation = await createInstallation();
  regionId = (await installation.database.db.region.findUniqueOrThrow({ where: { name: "local" } })).id;
  await installation.startReady();
});
afterAll(() => installation.dispose());
afterEach(async (context) => {
  if (context.task.result?.state === "fail") process.stderr.write(installation.log());
});

const service = (id: string) => installation.database.db.modelService.findUniqueOrThrow({ where: { id } });
const live = (serviceId: string) => installation.database.db.instance.findMany({ where: { serviceId, state: { not: "stopped" } } });
const change = (id: string, data: Parameters<typeof installation.database.db.modelService.update>[0]["data"]) =>
  installation.database.db.modelService.update({ where: { id }, data: { ...data, generation: { increment: 1 } } });

async function expectState(id: string, said: Record<string, unknown>, limitMs = 30_000): Promise<void> {
  await eventually(async () => expect(await service(id)).toMatchObject(said), limitMs);
}

async function expectDeleted(id: string): Promise<void> {
  await changeWanted(installation.database.db, id, { wanted: "deleted" });
  await expectState(id, { state: "deleted" });
  expect(await installation.engines(id)).toEqual([]);
}

/** An instance type of this machine's region with a price; returns its id. */
async function createType(size: { cpuMilli: number; memoryBytes?: bigint }): Promise<string> {
  const id = newId("typ");
  const { db } = installation.database;
  const { cpuMilli, memoryBytes = 1_073_741_824n } = size;
  await db.instanceType.create({ data: { id, regionId, name: id.replace("_", "-"), cpuMilli, memoryBytes, parallel: 1, sortOrder: 99 } });
  await db.instancePrice.create({ data: { id: newId("prc"), instanceTypeId: id, effectiveFrom: new Date(0), hourNano: 360_000_000n } });
  return id;
}

/** From now on the database itself notes how many of a service's instances are ready after each write, so that no moment is missed. */
async function noteReady(serviceId: string): Promise<() => Promise<number[]>> {
  const { db } = installation.database;
  await db.$executeRawUnsafe('CREATE TABLE "ready_counts" ("ready" integer NOT NULL)');
  await db.$executeRawUnsafe(`CREATE FUNCTION "note_ready"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO "ready_counts" SELECT count(*) FROM "instances" WHERE "serviceId" = '${serviceId}' AND "state" = 'ready';
    RETURN NULL;
  END $$`);
  await db.$executeRawUnsafe('CREATE TRIGGER "note_ready" AFTER UPDATE ON "instances" EXECUTE FUNCTION "note_ready"()');
  return async () => {
    await db.$executeRawUnsafe('DROP FUNCTION "note_ready" CASCADE');
    const counts = await db.$queryRawUnsafe<{ ready: number }[]>('SELECT "ready" FROM "ready_counts"');
    await db.$executeRawUnsafe('DROP TABLE "ready_counts"');
    return counts.map(({ ready }) => ready);
  };
}

test("what does not fit on the machine waits and says what it needs and what is free, and starts once there is room", {
  timeout: 90_000,
}, async () => {
  const { db } = installation.database;
  const { cpuMilli } = await readMachine();
  const half = await createType({ cpuMilli: cpuMilli / 2 + 1 });
  const first = await createService(db, { instanceTypeId: half });
  await expectState(first, { state: "running" });
  const second = await createService(db, { instanceTypeId: half });
  const data = { resource: "cpu", needs: cpuMilli / 2 + 1, free: cpuMilli / 2 - 1 };
  await expectState(second, { state: "pending", reason: "insufficient_capacity", reasonData: data });
  expect(await live(second)).toMatchObject([{ state: "pending", reason: "insufficient_capacity", failures: 0, pid: null }]);
  // Said once: to wait costs no writes, when the last lease is given back.
  await expectState(second, { leaseHolder: null });
  const version = () => db.$queryRaw`SELECT xmin::text FROM "model_services" WHERE "id" = ${second}`;
  const before = await version();
  await sleep(6_000);
  expect(await version()).toEqual(before);
  await expectDeleted(first);
  await expectState(second, { state: "running", reason: "" });
  await expectDeleted(second);
});

test("an engine that needs more memory than its type has is not started, and another type helps", { timeout: 90_000 }, async () => {
  const id = await createService(installation.database.db);
  await change(id, { instanceTypeId: await createType({ cpuMilli: 100, memoryBytes: 1_000_000n }) });
  await expectState(id, { state: "pending", reason: "insufficient_capacity" });
  expect((await service(id)).reasonData).toMatchObject({ resource: "memory", free: 1_000_000 });
  await change(id, { instanceTypeId: await createType({ cpuMilli: 100 }) });
  await expectState(id, { state: "running" });
  await expectDeleted(id);
});

test("a model that could take more than its type's memory holds says before, meanwhile and afterwards what it takes", {
  timeout: 60_000,
}, async () => {
  const { db } = installation.database;
  const ctx = await signedIn(visitor(db));
  const modelId = await createModel(db, "hydra-tiny/tiny-chat.gguf");
  await db.model.update({ where: { id: modelId }, data: { contextLength: 100_000 } });
  await db.modelWeights.updateMany({ where: { modelId }, data: { sizeBytes: 2_598_272n, cacheBytesPerToken: 3_840 } });
  const instanceTypeId = await createType({ cpuMilli: 100, memoryBytes: 300n * 1_048_576n });
  const id = await createService(db, { modelId, instanceTypeId, workspaceId: ctx.actor.workspaceId });
  const tokens = Math.floor(((300 - 176 - 64) * 1_048_576 - 2_598_272) / 3_840 / 256) * 256;
  const shown = async () => getService({ ctx, input: { id } });
  expect(await shown()).toMatchObject({ contextLength: tokens, modelContextLength: 100_000 });
  await expectState(id, { state: "running" });
  const [instance] = await live(id);
  expect(instance).toMatchObject({ contextLength: tokens });
  expect(await shown()).toMatchObject({ contextLength: tokens });
  // Whatever is changed afterwards counts for instances to come alone.
  await db.model.update({ where: { id: modelId }, data: { contextLength: 8_192 } });
  expect(await shown()).toMatchObject({ contextLength: tokens, modelContextLength: 8_192 });
  const answer = await fetch(`${instance?.endpoint}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${instance?.token}`, "content-type": "application/json" },
    body: JSON.stringify({ model: (await shown()).accessName, messages: [{ role: "user", content: "word ".repeat(tokens) }] }),
  });
  expect(await answer.text()).toContain(String(tokens));
  await expectDeleted(id);
});

test("another instance type takes over one by one, and there are always as many ready as wanted", { timeout: 90_000 }, async () => {
  const { db } = installation.database;
  const id = await createService(db, { wantedInstances: 2 });
  await expectState(id, { state: "running" });
  const former = (await live(id)).map((row) => row.id);
  const readyCounts = await noteReady(id);
  const type = await createType({ cpuMilli: 100 });
  await change(id, { instanceTypeId: type });
  await eventually(async () => {
    const rows = await live(id);
    expect(rows.map((row) => [row.state, row.instanceTypeId])).toEqual([
      ["ready", type],
      ["ready", type],
    ]);
    for (const row of rows) expect(former).not.toContain(row.id);
  }, 40_000);
  await expectState(id, { state: "running", observedGeneration: 2 });
  const seen = await readyCounts();
  expect(Math.min(...seen)).toBe(2);
  expect(Math.max(...seen)).toBe(3);
  await expectDeleted(id);
});

test("a type that finds no room does not take away what serves", { timeout: 90_000 }, async () => {
  const { db } = installation.database;
  const id = await createService(db);
  await expectState(id, { state: "running" });
  const before = await installation.engines(id);
  await change(id, { instanceTypeId: await createType({ cpuMilli: 10_000_000 }) });
  await expectState(id, { state: "scaling", reason: "insufficient_capacity" });
  expect(await installation.engines(id)).toEqual(before);
  expect((await live(id)).map((row) => row.state).sort()).toEqual(["pending", "ready"]);
  await expectDeleted(id);
});

test("out of credit it is suspended, its instances end and are billed no more; with credit it comes back", {
  timeout: 120_000,
}, async () => {
  const { db } = installation.database;
  const type = await createType({ cpuMilli: 100 });
  // A minute is set apart at the start; a few seconds later the next one cannot be.
  const minute = (360_000_000n * 60n) / 3_600n;
  const workspaceId = await createFundedWorkspace(db, minute + minute / 20n);
  const id = await createService(db, { workspaceId, instanceTypeId: type });
  await expectState(id, { state: "running" });
  await expectState(id, { state: "suspended", reason: "arrears" }, 40_000);
  expect(await installation.engines(id)).toEqual([]);
  expect(await db.instanceInterval.count({ where: { serviceId: id, endedAt: null } })).toBe(0);
  await addCredit(db, workspaceId, 100n * minute);
  await expectState(id, { state: "running", reason: "" });
  await expectDeleted(id);
});

test("deleted while it is suspended, it is deleted", { timeout: 90_000 }, async () => {
  const { db } = installation.database;
  const id = await createService(db, { workspaceId: await createFundedWorkspace(db, 1n) });
  await change(id, { suspendedAt: new Date() });
  await expectState(id, { state: "suspended", reason: "arrears" });
  await expectDeleted(id);
});

test("a region that nobody can reach holds up its own services alone, and says why", { timeout: 90_000 }, async () => {
  const { db } = installation.database;
  const far = newId("reg");
  const kubeconfig = join(installation.dataDir, "no such kubeconfig");
  await db.region.create({
    data: { id: far, name: "far", labelEn: "Far", labelZh: "远", driver: "kubernetes", settings: { kubeconfig } },
  });
  const away = await createService(db);
  await db.modelService.update({ where: { id: away }, data: { regionId: far } });
  const near = await createService(db);
  await expectState(away, { state: "pending", reason: "region_unreachable" });
  expect((await service(away)).reasonData).toEqual({ detail: expect.stringMatching(/./) });
  await expectState(near, { state: "running" });
  await expectDeleted(near);
  await change(away, { wanted: "stopped" });
  await expectState(away, { state: "stopped", reason: "" });
  await expectDeleted(away);
});

test("what a run wrote is in the database, its reason too, and stays when all of it is gone", { timeout: 90_000 }, async () => {
  const { db } = installation.database;
  const id = await createService(db);
  await expectState(id, { state: "running" });
  const run = await db.instanceRun.findFirstOrThrow({ where: { serviceId: id } });
  const texts = async (runId: string) =>
    (await db.runLogLine.findMany({ where: { runId }, orderBy: { seq: "asc" } })).map((line) => line.text).join("\n");
  await eventually(async () => expect(await texts(run.id)).toContain("listening"), 5_000);
  const [pid] = await installation.engines(id);
  process.kill(pid as number, "SIGKILL");
  await eventually(async () => {
    const [first, second] = await db.instanceRun.findMany({ where: { serviceId: id }, orderBy: { number: "asc" } });
    expect(first).toMatchObject({ endedAt: expect.any(Date), exit: "SIGKILL", reason: "process_exited", logComplete: true, pid });
    expect(second).toMatchObject({ number: 2, endedAt: null, readyAt: expect.any(Date) });
  }, 10_000);
  await expectDeleted(id);
  await eventually(async () => expect(await db.instanceRun.count({ where: { serviceId: id, logComplete: false } })).toBe(0), 5_000);
  const last = await db.instanceRun.findFirstOrThrow({ where: { serviceId: id, number: 2 } });
  expect(last).toMatchObject({ exit: null, reason: "" });
  expect(await texts(last.id)).toContain("stopped");
  const file = await readFile((await db.instance.findUniqueOrThrow({ where: { id: last.instanceId } })).logFile ?? "", "utf8");
  expect(await texts(last.id)).toBe(file.trimEnd());
});

test("a crash loop is billed nothing, keeps its reason and the logs of its runs", { timeout: 90_000 }, async () => {
  const { db } = installation.database;
  const id = await createService(db, { modelId: await createModel(db, "hydra-tiny/README.md") });
  await eventually(async () => expect((await service(id)).reasonData).toMatchObject({ times: 3 }), 40_000);
  expect(await service(id)).toMatchObject({ state: "failed", reason: "process_exited" });
  expect(await db.instanceInterval.count({ where: { serviceId: id } })).toBe(0);
  await eventually(async () => {
    const runs = await db.instanceRun.findMany({ where: { serviceId: id, logComplete: true }, include: { lines: true } });
    expect(runs.length).toBeGreaterThanOrEqual(3);
    for (const run of runs) {
      expect(run).toMatchObject({ reason: "process_exited", readyAt: null });
      expect(run.lines.length).toBeGreaterThan(0);
    }
  }, 5_000);
  await expectDeleted(id);
});

test("deleted while it answers: the answer comes to its end, then nothing runs, and billing ends with it", {
  timeout: 60_000,
}, async () => {
  const { db } = installation.database;
  const id = await createService(db);
  await expectState(id, { state: "running" });
  const [row] = await live(id);
  const { workspace, name } = await db.modelService.findUniqueOrThrow({ where: { id }, include: { workspace: true } });
  const body = JSON.stringify({
    model: `${workspace.name}/${name}`,
    prompt: "Once upon a time",
    max_tokens: 400,
    stream: true,
    temperature: 1,
  });
  const headers = { authorization: `Bearer ${row?.token}`, "content-type": "application/json" };
  const answer = await fetch(`${row?.endpoint}/v1/completions`, { method: "POST", headers, body });
  const text = answer.text();
  await expectDeleted(id);
  expect(await text).toContain("[DONE]");
  const [interval] = await db.instanceInterval.findMany({ where: { serviceId: id } });
  const ended = await db.instance.findUniqueOrThrow({ where: { id: row?.id ?? "" } });
  expect(Math.abs(Number(interval?.endedAt) - Number(ended.stoppedAt))).toBeLessThan(1_000);
});
