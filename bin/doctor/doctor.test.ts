import { type ChildProcess, spawn } from "node:child_process";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { newId } from "#lib/ids.ts";
import { processStartTime } from "#lib/process-identity.ts";
import { createTestDatabase, type TestDatabase } from "#test/database.ts";
import { createModel } from "#test/services-factory.ts";
import { dataPaths, makeDataDir } from "../installation/data-dir.ts";
import { freePorts, runHydra, type TemporaryDataDir, temporaryDataDir } from "../testing/hydra.ts";
import type { Finding } from "./finding.ts";

let database: TestDatabase;
let dir: TemporaryDataDir;
let processes: ChildProcess[];
let env: Record<string, string>;

beforeEach(async () => {
  database = await createTestDatabase();
  dir = await temporaryDataDir();
  await makeDataDir(dir.path);
  processes = [];
  const [console, gateway] = await freePorts(2);
  env = { HYDRA_DATA_DIR: dir.path, DATABASE_URL: database.url, HYDRA_CONSOLE_PORT: String(console), HYDRA_GATEWAY_PORT: String(gateway) };
});

afterEach(async () => {
  for (const child of processes) child.kill("SIGKILL");
  await database.drop();
  await dir.remove();
});

async function examine(): Promise<{ code: number | null; failed: Finding[] }> {
  const { code, stdout } = await runHydra(["doctor", "--json"], env);
  const { findings } = JSON.parse(stdout) as { findings: Finding[] };
  return { code, failed: findings.filter((finding) => finding.verdict === "fail") };
}

/** Some process that stands for an engine. */
async function running(): Promise<{ pid: number; startedAt: string }> {
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 60_000)"], { stdio: "ignore" });
  processes.push(child);
  const pid = child.pid ?? 0;
  return { pid, startedAt: (await processStartTime(pid)) ?? "" };
}

async function instanceRow(process: { pid: number; startedAt: string }): Promise<string> {
  const service = await database.db.modelService.findFirstOrThrow();
  const { id } = await database.db.instance.create({
    data: { id: newId("ins"), serviceId: service.id, state: "starting", token: "t", pid: process.pid, pidStartedAt: process.startedAt },
  });
  return id;
}

async function stateFile(instanceId: string, process: { pid: number; startedAt: string }): Promise<void> {
  const folder = join(dataPaths(dir.path).instances, instanceId);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "state.json"), JSON.stringify({ ...process, port: 1, nonce: "n", instanceId, serviceId: "svc_1" }));
}

describe("hydra doctor", () => {
  test("finds nothing wrong with a fresh installation", async () => {
    expect(await examine()).toEqual({ code: 0, failed: [] });
  });

  test("finds a row whose process is gone, a process that no row has, and nothing where both agree", async () => {
    const agreed = await running();
    await stateFile(await instanceRow(agreed), agreed);
    expect(await examine()).toEqual({ code: 0, failed: [] });

    const dead = await instanceRow({ pid: agreed.pid, startedAt: "another start" });
    expect((await examine()).failed).toMatchObject([{ name: "instances", says: expect.stringContaining(dead) }]);
    await database.db.instance.delete({ where: { id: dead } });

    const orphan = await running();
    await stateFile("ins_orphan", orphan);
    expect(await examine()).toMatchObject({ code: 1, failed: [{ says: `processes without a row: ins_orphan (${orphan.pid})` }] });
  });

  test("finds a region that nobody can reach, and weights that are not where they should be", async () => {
    const { db } = database;
    // A port of this machine that nobody listens on.
    const kubeconfig = join(dir.path, "kubeconfig");
    const cluster = { name: "c", cluster: { server: "http://127.0.0.1:1" } };
    const context = { name: "x", context: { cluster: "c", user: "u" } };
    await writeFile(
      kubeconfig,
      JSON.stringify({
        apiVersion: "v1",
        kind: "Config",
        clusters: [cluster],
        contexts: [context],
        users: [{ name: "u", user: {} }],
        "current-context": "x",
      }),
    );
    await db.region.create({
      data: { id: newId("reg"), name: "far", labelEn: "Far", labelZh: "远", driver: "kubernetes", settings: { kubeconfig } },
    });
    await createModel(db, "gone/weights.gguf");
    const imported = await createModel(db, "imports/0123456789abcdef0123/lost.gguf");
    await db.modelWeights.update({ where: { modelId: imported }, data: { source: "import" } });
    await db.region.create({
      data: { id: newId("reg"), name: "odd", labelEn: "Odd", labelZh: "奇", driver: "kubernetes", settings: { no: "such setting" } },
    });
    const { code, failed } = await examine();
    expect(code).toBe(1);
    expect(failed).toMatchObject([
      {
        name: "weights",
        says: expect.stringMatching(/gone\/weights\.gguf.*imports\/0123456789abcdef0123\/lost\.gguf/),
        advice: expect.stringMatching(/Restore.*Import again: `hydra models import <file> --model test-\w+`/),
      },
      { name: "region far", says: expect.stringContaining("cannot be reached"), advice: expect.stringContaining("settings") },
      { name: "region odd", says: expect.stringContaining("cannot be reached"), advice: expect.stringContaining("settings") },
    ]);
  });

  test("finds a balance that its entries do not make, and a secret that others can read", async () => {
    // What somebody with the database's own rights could do; its triggers refuse it to everybody else.
    await database.db.$transaction([
      database.db.$executeRaw`SET LOCAL session_replication_role = replica`,
      database.db.$executeRaw`UPDATE "ledger_accounts" SET "balanceNano" = "balanceNano" + 1 WHERE "kind" <> 'wallet'`,
    ]);
    const { secret } = dataPaths(dir.path);
    await writeFile(secret, "x".repeat(40));
    await chmod(secret, 0o644);
    const { code, failed } = await examine();
    expect(code).toBe(1);
    expect(failed.map((finding) => finding.name)).toEqual(expect.arrayContaining(["data directory", "L2"]));
    expect(failed.every((finding) => finding.advice)).toBe(true);
  });

  test("says what is wrong with the database instead of ending", async () => {
    env.DATABASE_URL = database.url.replace(/[^/]+$/, "none");
    expect((await examine()).failed).toMatchObject([{ name: "database", says: expect.stringContaining('database "none" does not exist') }]);
  });
});
