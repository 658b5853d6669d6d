import { mkdtemp, readFile, realpath, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { processStartTime } from "#lib/process-identity.ts";
import { type Cluster, runningClusterUrl, startCluster } from "./cluster.ts";

let dir: string;
let cluster: Cluster | null;

beforeEach(async () => {
  dir = await realpath(await mkdtemp(join(tmpdir(), "hydra pg ")));
  cluster = null;
});

afterEach(async () => {
  await cluster?.stop();
  await rm(dir, { recursive: true, force: true });
});

async function start(port?: number): Promise<Cluster> {
  cluster = await startCluster({ dir, ...(port ? { port } : {}) });
  return cluster;
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => {});
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

describe("startCluster", () => {
  test("keeps data over a kill -9, on the port it had, and leaves nothing when it stops", async () => {
    const first = await start();
    await query(first.url, "CREATE TABLE kept AS SELECT 7 AS n");
    process.kill(first.pid, "SIGKILL");
    await expect.poll(() => processStartTime(first.pid)).toBeNull();
    expect(await runningClusterUrl(dir)).toBeNull();
    const second = await start(Number(new URL(first.url).port));
    expect(second).toMatchObject({ url: first.url, adopted: false });
    expect(await query(second.url, "SELECT n FROM kept")).toEqual([{ n: 7 }]);
    await second.stop();
    expect(await processStartTime(second.pid)).toBeNull();
  });

  test("takes a running one over instead of starting a second", async () => {
    const first = await start();
    const again = await start();
    expect(again).toMatchObject({ url: first.url, pid: first.pid, adopted: true });
    expect(await runningClusterUrl(dir)).toBe(first.url);
  });

  test("starts beside a pid file from before a reboot whose pid is another program's now", async () => {
    await (await start()).stop();
    await writeFile(join(dir, "data", "postmaster.pid"), `${process.pid}\n${join(dir, "data")}\n1\n5432\n`);
    expect((await start()).adopted).toBe(false);
  });

  test("keeps its password and its data to itself", async () => {
    const { url } = await start();
    expect((await stat(join(dir, "password"))).mode & 0o777).toBe(0o600);
    expect((await stat(join(dir, "data"))).mode & 0o777).toBe(0o700);
    await expect(query(url.replace(/:[^:@]+@/, ":wrong@"), "SELECT 1")).rejects.toThrow(/password authentication failed/);
    expect(url).toContain((await readFile(join(dir, "password"), "utf8")).trim());
  });
});
