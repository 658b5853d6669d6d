import { readFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { processStartTime } from "#lib/process-identity.ts";
import { dataPaths } from "../installation/data-dir.ts";
import { clusterDir } from "../installation/database.ts";
import { freePorts, type Started, startScript, type TemporaryDataDir, temporaryDataDir } from "../testing/hydra.ts";
import { ProcessList } from "./process-list.ts";

const script = "bin/up/testing/up-with-programs.ts";

let dir: TemporaryDataDir;
let ports: { console: number; gateway: number; deployer: number };
let started: Started[];

beforeEach(async () => {
  dir = await temporaryDataDir();
  const [console = 0, gateway = 0, deployer = 0] = await freePorts(3);
  ports = { console, gateway, deployer };
  started = [];
});

afterEach(async () => {
  for (const run of started) {
    if ((await processStartTime(run.pid)) !== null) process.kill(run.pid, "SIGTERM");
    await run.ended;
  }
  await dir.remove();
});

/** `hydra up` with real PostgreSQL and small programs in place of gateway, deployer and console. */
function start(options: { gateway?: string; env?: Record<string, string> } = {}): Started {
  const run = startScript(
    script,
    [
      journalFile(),
      `gateway:${ports.gateway}:${options.gateway ?? "SIGTERM:5000"}`,
      `deployer:${ports.deployer}:SIGUSR2`,
      `console:${ports.console}`,
    ],
    { HYDRA_DATA_DIR: dir.path, HYDRA_CONSOLE_PORT: String(ports.console), HYDRA_GATEWAY_PORT: String(ports.gateway), ...options.env },
  );
  started.push(run);
  return run;
}

function journalFile(): string {
  return join(dir.path, "..", "journal");
}

async function startReady(options: Parameters<typeof start>[0] = {}): Promise<Started> {
  const run = start(options);
  await expect.poll(() => run.stdout() || run.stderr().includes("✗"), { timeout: 20_000 }).toBeTruthy();
  expect(run.stdout(), run.stderr()).toContain('"ready":true');
  return run;
}

/** What the programs noted: `<name> <event>`, in order, without pids. */
async function journal(): Promise<string[]> {
  const text = await readFile(journalFile(), "utf8");
  return text
    .trim()
    .split("\n")
    .map((line) => line.split(" ").slice(0, 2).join(" "));
}

function children() {
  return new ProcessList(dataPaths(dir.path).children).read();
}

async function postgresPid(): Promise<number> {
  return Number((await readFile(join(await clusterDir(dir.path), "data", "postmaster.pid"), "utf8")).split("\n")[0]);
}

async function everyPid(): Promise<number[]> {
  return [...(await children()).map((child) => child.pid), await postgresPid()];
}

async function alive(pids: number[]): Promise<number[]> {
  const starts = await Promise.all(pids.map(processStartTime));
  return pids.filter((_, index) => starts[index] !== null);
}

function answers(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  return new Promise<boolean>((resolve) => {
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
  }).finally(() => socket.destroy());
}

describe("hydra up", () => {
  test("stops in order on Ctrl-C that arrives twice, and leaves no process and no port", async () => {
    const run = await startReady();
    const pids = await everyPid();
    expect(await alive(pids)).toHaveLength(4);
    process.kill(run.pid, "SIGINT");
    process.kill(run.pid, "SIGINT");
    expect((await run.ended).code).toBe(0);
    expect((await journal()).slice(3)).toEqual(["gateway SIGTERM", "deployer SIGUSR2", "console SIGTERM"]);
    expect(await alive(pids)).toEqual([]);
    for (const port of Object.values(ports)) expect(await answers(port)).toBe(false);
    expect(run.stderr()).toMatch(/Stopping the gateway[\s\S]*deployer[\s\S]*console[\s\S]*PostgreSQL/);
  });

  test("a second start on the same data is refused and disturbs nothing", async () => {
    const run = await startReady();
    const pids = await everyPid();
    const second = await start().ended;
    expect(second.code).toBe(1);
    expect(second.stderr.trim()).toMatch(
      new RegExp(`^Hydra already runs on .* \\(\`hydra up\`, process ${run.pid}, .*\\)\\. .*HYDRA_DATA_DIR.*\\.$`),
    );
    expect(await alive(pids)).toEqual(pids);
  });

  test("a crashed child comes back with a line that says so, and a lost PostgreSQL on the same port", async () => {
    const run = await startReady();
    const gateway = (await children()).find((child) => child.name === "gateway");
    process.kill(gateway?.pid ?? 0, "SIGKILL");
    await expect.poll(journal, { timeout: 10_000 }).toHaveLength(4);
    expect(run.stderr()).toMatch(/The gateway ended unexpectedly \(SIGKILL\); it starts again in 1 s\. Log: .*gateway\.log/);
    const before = await postgresPid();
    process.kill(before, "SIGKILL");
    await expect.poll(() => run.stderr(), { timeout: 15_000 }).toContain("PostgreSQL runs again.");
    const after = await postgresPid();
    expect(after).not.toBe(before);
    process.kill(run.pid, "SIGTERM");
    expect((await run.ended).code).toBe(0);
    expect(await alive([after])).toEqual([]);
    expect((await journal()).filter((line) => line === "console started")).toHaveLength(1);
  });

  test("after kill -9 the next start ends what was left, takes PostgreSQL over and serves", async () => {
    const first = await startReady();
    const left = await children();
    const postgres = await postgresPid();
    process.kill(first.pid, "SIGKILL");
    await first.ended;
    expect(await alive([...left.map((child) => child.pid), postgres])).toHaveLength(4);
    const second = await startReady();
    expect(second.stderr()).toContain("Ended what the last run left: console, deployer, gateway");
    expect(await alive(left.map((child) => child.pid))).toEqual([]);
    // SIGTERM, not SIGUSR2: the deployer must leave the instances to its successor.
    expect(await journal()).toContain("deployer SIGTERM");
    expect(await postgresPid()).toBe(postgres);
    process.kill(second.pid, "SIGINT");
    expect((await second.ended).code).toBe(0);
    expect(await alive([postgres])).toEqual([]);
  });

  test("a pid in the list that is another program's by now is left alone", async () => {
    const first = await startReady();
    process.kill(first.pid, "SIGKILL");
    await first.ended;
    const list = new ProcessList(dataPaths(dir.path).children);
    const left = await list.read();
    list.set("stranger", { pid: process.pid, startedAt: "another time" });
    const second = await startReady();
    expect(await alive(left.map((child) => child.pid))).toEqual([]);
    expect(second.stderr()).not.toContain("stranger");
  });

  test("a second press shortens the wait for a gateway that does not end", async () => {
    const run = await startReady({ gateway: "SIGTERM:60000:SIGTERM" });
    process.kill(run.pid, "SIGINT");
    await expect.poll(journal).toContain("gateway SIGTERM");
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    const pressedMs = performance.now();
    process.kill(run.pid, "SIGINT");
    expect((await run.ended).code).toBe(0);
    expect(performance.now() - pressedMs).toBeLessThan(4_000);
    expect(run.stderr()).toContain("The gateway did not end by itself and was killed.");
    expect((await journal()).slice(-2)).toEqual(["deployer SIGUSR2", "console SIGTERM"]);
  });

  test("a taken port ends the start with its variable, before anything runs", async () => {
    const taken = await startReady();
    const other = await temporaryDataDir();
    const refused = await start({ env: { HYDRA_DATA_DIR: other.path } }).ended;
    await other.remove();
    expect(refused.code).toBe(1);
    expect(refused.stderr.trim()).toMatch(
      /^Port \d+ is taken, so the console cannot listen on it\..* HYDRA_CONSOLE_PORT to another port\.$/,
    );
    expect(await alive([taken.pid])).toEqual([taken.pid]);
  });

  test("an unreachable DATABASE_URL ends the start with one sentence", async () => {
    const [port = 0] = await freePorts(1);
    const refused = await start({ env: { DATABASE_URL: `postgresql://a:b@127.0.0.1:${port}/hydra` } }).ended;
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/Cannot use the PostgreSQL of DATABASE_URL at .*ECONNREFUSED.*correct DATABASE_URL\.\n$/);
  });

  test("a child that cannot start ends the start, with the end of its log, and stops the others", async () => {
    const broken = startScript(script, [journalFile(), `gateway:${ports.gateway}`, "console:notaport"], {
      HYDRA_DATA_DIR: dir.path,
      HYDRA_CONSOLE_PORT: String(ports.console),
      HYDRA_GATEWAY_PORT: String(ports.gateway),
    });
    started.push(broken);
    const { code, stderr } = await broken.ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(/ERR_SOCKET_BAD_PORT[\s\S]*The console keeps crashing\. The lines above are the end of .*console\.log\./);
    expect(await answers(ports.gateway)).toBe(false);
  });
});
