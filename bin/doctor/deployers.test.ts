import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { eventually } from "#deployer/drivers/contract.ts";
import { createInstallation, end, type Installation, isRunning } from "#deployer/testing/installation.ts";
import { rootDir } from "#lib/config.ts";
import { checkDeployers } from "./deployers.ts";

let installation: Installation;
let otherDir: string;
let other: ChildProcess | null = null;
let otherLog = "";

beforeEach(async () => {
  installation = await createInstallation();
  otherDir = await realpath(await mkdtemp(join(tmpdir(), "hydra-other-")));
});
afterEach(async () => {
  if (other && isRunning(other)) await end(other, "SIGKILL");
  await installation.dispose();
  await rm(otherDir, { recursive: true, force: true, maxRetries: 5 });
});

/** A deployer on the same database with another data directory, as on another machine. */
function startOther(): ChildProcess {
  const env = { PATH: process.env.PATH, HYDRA_DATA_DIR: otherDir, HYDRA_SECRET: "x".repeat(32), DATABASE_URL: installation.database.url };
  const child = spawn(process.execPath, [join(rootDir, "deployer", "main.ts")], {
    env: { ...env, NODE_ENV: "production" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  child.stdout.on("data", (chunk) => {
    otherLog += chunk;
  });
  return child;
}

test("deployers of one data directory are fine; one of another is named by doctor and in its log", { timeout: 60_000 }, async () => {
  const { db } = installation.database;
  await installation.startReady();
  installation.start();
  await eventually(async () => expect(installation.log().split("deployer started")).toHaveLength(3), 20_000);
  expect(await checkDeployers(db, installation)).toMatchObject({ verdict: "ok" });
  other = startOther();
  await eventually(async () => expect(otherLog).toContain("with a data directory of its own"), 20_000);
  expect(await checkDeployers(db, installation)).toMatchObject({ verdict: "fail", says: expect.stringContaining("(local)") });
  expect(await checkDeployers(db, { dataDir: otherDir })).toMatchObject({ verdict: "fail" });
  // Where nothing is on the machines themselves, it does no harm.
  await db.region.updateMany({ where: { driver: "local" }, data: { enabled: false } });
  expect(await checkDeployers(db, installation)).toMatchObject({ verdict: "ok" });
  await db.region.updateMany({ where: { driver: "local" }, data: { enabled: true } });
  await end(other, "SIGTERM");
  await eventually(async () => expect(await checkDeployers(db, installation)).toMatchObject({ verdict: "ok" }), 5_000);
});
