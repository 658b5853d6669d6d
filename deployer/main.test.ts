import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { rootDir } from "#lib/config.ts";
import { newId } from "#lib/ids.ts";
import { changeWanted, createModel, createService } from "#test/services-factory.ts";
import { eventually } from "./drivers/contract.ts";
import { createInstallation, end, type Installation } from "./testing/installation.ts";

let installation: Installation;
beforeAll(async () => {
  installation = await createInstallation();
});
afterAll(() => installation.dispose());
afterEach(async (context) => {
  if (context.task.result?.state === "fail") process.stderr.write(installation.log());
});

const service = (id: string) => installation.database.db.modelService.findUniqueOrThrow({ where: { id }, include: { instances: true } });
const live = async (id: string) => (await service(id)).instances.filter((row) => row.state !== "stopped");

/** Running, with exactly that many engines by the operating system and the same in the rows. */
async function expectRunning(id: string, count: number, limitMs = 20_000): Promise<number[]> {
  await eventually(async () => {
    const row = await service(id);
    expect(row).toMatchObject({ state: "running", reason: "", observedGeneration: row.generation });
    const rows = await live(id);
    expect(rows.map((one) => one.state)).toEqual(Array.from({ length: count }, () => "ready"));
    expect(await installation.engines(id)).toEqual(rows.map((one) => one.pid).sort((a, b) => Number(a) - Number(b)));
  }, limitMs);
  return installation.engines(id);
}

async function expectDeleted(id: string): Promise<void> {
  await changeWanted(installation.database.db, id, { wanted: "deleted" });
  await eventually(async () => expect((await service(id)).state).toBe("deleted"), 20_000);
  expect(await installation.engines(id)).toEqual([]);
}

const kinds = async (serviceId: string) =>
  (await installation.database.db.serviceEvent.findMany({ where: { serviceId }, orderBy: { id: "asc" } })).map((event) => event.kind);

test("a service's life: one, three, one again, none", { timeout: 90_000 }, async () => {
  const { db } = installation.database;
  const deployer = await installation.startReady();
  const id = await createService(db);
  const [first] = await expectRunning(id, 1);
  const [row] = await live(id);
  expect(row?.endpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(row?.token).toMatch(/^[0-9a-f]{64}$/);
  const answer = await fetch(`${row?.endpoint}/v1/models`, { headers: { authorization: `Bearer ${row?.token}` } });
  expect(answer.status).toBe(200);

  await changeWanted(db, id, { wantedInstances: 3 });
  expect(await expectRunning(id, 3)).toContain(first);

  // As wanted: two sweeps and more pass without a write.
  const versions = () =>
    db.$queryRaw`SELECT "id", xmin::text FROM "model_services" UNION ALL SELECT "id", xmin::text FROM "instances" ORDER BY 1`;
  const before = await versions();
  await sleep(11_000);
  expect(await versions()).toEqual(before);

  await changeWanted(db, id, { wantedInstances: 1 });
  expect(await expectRunning(id, 1)).toEqual([first]);

  await changeWanted(db, id, { wanted: "stopped" });
  await eventually(async () => expect((await service(id)).state).toBe("stopped"), 20_000);
  expect(await installation.engines(id)).toEqual([]);
  await changeWanted(db, id, { wanted: "running" });
  await expectRunning(id, 1);

  await expectDeleted(id);
  const ended = await service(id);
  expect(ended).toMatchObject({ observedGeneration: ended.generation, leaseHolder: null });
  expect(ended.deletedAt).not.toBeNull();
  expect(ended.instances.every((one) => one.state === "stopped" && one.stoppedAt && one.pid === null)).toBe(true);
  const told = await kinds(id);
  expect(told.slice(0, 3)).toEqual(["instance_started", "instance_ready", "service_running"]);
  expect(told.at(-1)).toBe("service_deleted");
  expect(told.filter((kind) => kind === "instance_started")).toHaveLength(4);
  expect(told.filter((kind) => kind === "instance_stopped")).toHaveLength(4);
  expect(await end(deployer, "SIGTERM")).toBe(0);
  for (const one of ended.instances) expect(installation.log()).not.toContain(one.token);
});

test("delete while it starts leaves nothing", async () => {
  const deployer = await installation.startReady();
  const id = await createService(installation.database.db, { wantedInstances: 2 });
  await eventually(async () => expect((await installation.engines(id)).length).toBeGreaterThan(0), 10_000);
  await expectDeleted(id);
  await end(deployer, "SIGTERM");
});

test("a killed instance is replaced within 5 s, and the reason is told", async () => {
  const deployer = await installation.startReady();
  const id = await createService(installation.database.db, { wantedInstances: 2 });
  const [victim, other] = await expectRunning(id, 2);
  process.kill(victim as number, "SIGKILL");
  const killedAt = performance.now();
  await eventually(async () => expect((await service(id)).reason).toBe("process_exited"), 2_000);
  const after = await expectRunning(id, 2, 5_000);
  expect(performance.now() - killedAt).toBeLessThan(5_000);
  expect(after).toContain(other);
  expect(after).not.toContain(victim);
  expect((await live(id)).map((row) => row.restarts).sort()).toEqual([0, 1]);
  const exit = await installation.database.db.serviceEvent.findFirstOrThrow({ where: { serviceId: id, kind: "instance_exited" } });
  expect(exit.data).toEqual({ code: "SIGKILL", times: 1, retryInSeconds: 1 });
  await expectDeleted(id);
  await end(deployer, "SIGTERM");
});

test("SIGTERM ends the deployer alone; the next finds the same processes", async () => {
  const deployer = await installation.startReady();
  const id = await createService(installation.database.db, { wantedInstances: 2 });
  const pids = await expectRunning(id, 2);
  expect(await end(deployer, "SIGTERM")).toBe(0);
  await expect(stat(join(installation.dataDir, "run", "deployer.json"))).rejects.toThrow("ENOENT");
  expect((await service(id)).leaseHolder).toBeNull();
  const next = await installation.startReady();
  expect(await expectRunning(id, 2)).toEqual(pids);
  await expectDeleted(id);
  await end(next, "SIGTERM");
});

test("SIGUSR2 ends the instances too, and the next start brings the same ones up again", async () => {
  const deployer = await installation.startReady();
  const id = await createService(installation.database.db, { wantedInstances: 2 });
  await expectRunning(id, 2);
  const ids = (await live(id)).map((row) => row.id).sort();
  expect(await end(deployer, "SIGUSR2")).toBe(0);
  expect(await installation.engines()).toEqual([]);
  expect(await service(id)).toMatchObject({ state: "pending", reason: "waiting_for_deployer", leaseHolder: null });
  expect((await live(id)).map((row) => [row.state, row.pid, row.endpoint])).toEqual([
    ["pending", null, null],
    ["pending", null, null],
  ]);
  const next = await installation.startReady();
  await expectRunning(id, 2);
  expect((await live(id)).map((row) => row.id).sort()).toEqual(ids);
  await expectDeleted(id);
  await end(next, "SIGTERM");
});

test("after kill -9 of the deployer: same processes, orphans ended, the dead replaced", { timeout: 60_000 }, async () => {
  const deployer = await installation.startReady();
  const id = await createService(installation.database.db, { wantedInstances: 3 });
  const pids = await expectRunning(id, 3);
  await end(deployer, "SIGKILL");
  const [dead, ...kept] = pids as [number, ...number[]];
  process.kill(dead, "SIGKILL");
  const owner = (await live(id)).find((row) => row.pid === kept[0]);
  const orphans = [await plantEngine(newId("ins"), newId("svc")), await plantEngine(owner?.id ?? "", id)];
  const next = await installation.startReady();
  await eventually(async () => {
    const left = await installation.engines();
    for (const orphan of orphans) expect(left).not.toContain(orphan.pid);
  }, 30_000);
  for (const orphan of orphans) expect(orphan.signalCode).toBe("SIGKILL");
  const after = await expectRunning(id, 3);
  expect(after).toEqual(expect.arrayContaining(kept));
  await expectDeleted(id);
  await end(next, "SIGTERM");
});

test("weights that are none: backs off, says so, and keeps the log", { timeout: 60_000 }, async () => {
  const { db } = installation.database;
  await mkdir(join(installation.dataDir, "models", "garbage"), { recursive: true });
  await writeFile(join(installation.dataDir, "models", "garbage", "weights.gguf"), "these are no weights");
  const deployer = await installation.startReady();
  const id = await createService(db, { modelId: await createModel(db, "garbage/weights.gguf") });
  await eventually(async () => expect((await service(id)).reasonData).toMatchObject({ code: "1", times: 3, retryInSeconds: 4 }), 20_000);
  const row = await service(id);
  expect(row).toMatchObject({ state: "failed", reason: "process_exited", observedGeneration: 0 });
  const [instance] = row.instances;
  expect(instance).toMatchObject({ failures: 3, readyAt: null, endpoint: null, restarts: 2 });
  expect(await readFile(instance?.logFile ?? "", "utf8")).not.toBe("");
  const ends = await db.serviceEvent.findMany({ where: { serviceId: id, kind: "instance_exited" }, orderBy: { id: "asc" } });
  const gaps = ends.map((event) => (event.data as { retryInSeconds: number }).retryInSeconds);
  expect(gaps.slice(0, 3)).toEqual([1, 2, 4]);
  await expectDeleted(id);
  await end(deployer, "SIGTERM");
});

test("missing weights: failed with the file's name, and running once they are there", { timeout: 60_000 }, async () => {
  const { db } = installation.database;
  const deployer = await installation.startReady();
  const id = await createService(db, { modelId: await createModel(db, "later/weights.gguf") });
  const none = await createService(db, { modelId: await createModel(db, null) });
  for (const one of [id, none]) {
    await eventually(async () => expect(await service(one)).toMatchObject({ state: "failed", reason: "weights_missing" }), 10_000);
  }
  expect((await service(id)).reasonData).toEqual({ file: "later/weights.gguf" });
  expect(await installation.engines()).toEqual([]);
  await mkdir(join(installation.dataDir, "models", "later"), { recursive: true });
  await writeFile(
    join(installation.dataDir, "models", "later", "weights.gguf"),
    await readFile(join(rootDir, "models", "hydra-tiny", "tiny-chat.gguf")),
  );
  await expectRunning(id, 1);
  await expectDeleted(id);
  await expectDeleted(none);
  await end(deployer, "SIGTERM");
});

/** An engine that no deployer knows of, as a deployer leaves it that is killed right after a spawn; up when this resolves. */
async function plantEngine(instanceId: string, serviceId: string): Promise<ChildProcess> {
  const folder = join(installation.dataDir, "instances", instanceId);
  await mkdir(folder, { recursive: true });
  const state = join(folder, "state.json");
  const model = join(rootDir, "models", "hydra-tiny", "tiny-chat.gguf");
  const flags = { instance: instanceId, service: serviceId, name: "public/hydra-tiny", context: "512", parallel: "1", model, state };
  const args = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, value]);
  const child = spawn(process.execPath, [join(rootDir, "engine", "main.ts"), ...args], {
    env: { PATH: process.env.PATH, NODE_ENV: "production", HYDRA_INSTANCE_TOKEN: "t".repeat(64), HYDRA_INSTANCE_NONCE: "planted" },
    stdio: "ignore",
    detached: true,
  });
  await eventually(async () => expect(JSON.parse(await readFile(state, "utf8")).pid).toBe(child.pid), 10_000);
  return child;
}
