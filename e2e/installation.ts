import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdtemp, readFile, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const rootDir = join(import.meta.dirname, "..");
const readyLimitMs = 120_000;
const goneLimitMs = 5_000;

/**
 * Playwright's global set-up: a whole installation with real processes, as `npm start` runs it, in a data directory (with
 * a space in its path) and on ports of its own. The returned function stops it as Ctrl-C does and fails where a process,
 * a port or a wrong exit code remains.
 */
export default async function startInstallation(): Promise<() => Promise<void>> {
  const home = await realpath(await mkdtemp(join(tmpdir(), "hydra e2e ")));
  const dataDir = join(home, "data");
  const { consolePort, gatewayPort } = portsFromConfig();
  const logFile = join(home, "hydra.log");
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", "bin/hydra.ts", "up", "--json"], {
    cwd: rootDir,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...withoutHydra(process.env), HYDRA_DATA_DIR: dataDir, HYDRA_CONSOLE_PORT: consolePort, HYDRA_GATEWAY_PORT: gatewayPort },
  });
  const log = createWriteStream(logFile);
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  try {
    await untilReady(child, logFile);
  } catch (error) {
    await stop(child);
    await removeDatabase(dataDir).catch(() => {});
    await rm(home, { recursive: true, force: true });
    throw error;
  }
  process.env.HYDRA_E2E_DATA_DIR = dataDir;
  return async () => {
    const pids = await processesOf(dataDir);
    const code = await stop(child);
    await untilGone(pids);
    const said = await readFile(logFile, "utf8");
    await removeDatabase(dataDir);
    await rm(home, { recursive: true, force: true });
    if (code !== 0) throw new Error(`hydra up ended with ${code} when it was asked to stop:\n${said}`);
  };
}

/** playwright.config.ts chooses them, because it must know the console's address before this runs. */
function portsFromConfig(): { consolePort: string; gatewayPort: string } {
  const { HYDRA_E2E_CONSOLE_URL, HYDRA_E2E_GATEWAY_URL } = process.env;
  if (!HYDRA_E2E_CONSOLE_URL || !HYDRA_E2E_GATEWAY_URL) throw new Error("playwright.config.ts has chosen no ports");
  return { consolePort: new URL(HYDRA_E2E_CONSOLE_URL).port, gatewayPort: new URL(HYDRA_E2E_GATEWAY_URL).port };
}

/** The developer's own settings must not reach the installation under test. */
function withoutHydra(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name]) => !/^(HYDRA_|DATABASE_|SMTP_|npm_)/.test(name));
  return { ...Object.fromEntries(kept), NODE_ENV: "production" };
}

async function untilReady(child: ChildProcess, logFile: string): Promise<void> {
  const ended = once(child, "exit").then(() => "ended" as const);
  const end = performance.now() + readyLimitMs;
  while (performance.now() < end) {
    const said = await readFile(logFile, "utf8").catch(() => "");
    if (said.includes('{"ready":true')) return;
    if ((await Promise.race([ended, sleep(100)])) === "ended") throw new Error(`hydra up ended before it was ready:\n${said}`);
  }
  throw new Error(`hydra up was not ready within ${readyLimitMs / 1_000} s:\n${await readFile(logFile, "utf8")}`);
}

async function stop(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    const exit = once(child, "exit");
    child.kill("SIGINT");
    await exit;
  }
  return child.exitCode;
}

/** Every process of an installation: its children, its instances and its PostgreSQL. */
async function processesOf(dataDir: string): Promise<number[]> {
  const { ProcessList } = await import("../bin/up/process-list.ts");
  const { runningInstances } = await import("../bin/up/instance-processes.ts");
  const { clusterDir } = await import("../bin/installation/database.ts");
  const children = await new ProcessList(join(dataDir, "run", "children.json")).read();
  const instances = await runningInstances(join(dataDir, "instances"));
  const postmaster = await readFile(join(await clusterDir(dataDir), "data", "postmaster.pid"), "utf8");
  return [...children, ...instances].map((entry) => entry.pid).concat(Number(postmaster.split("\n")[0]));
}

async function untilGone(pids: number[]): Promise<void> {
  const { processStartTime } = await import("../lib/process-identity.ts");
  const end = performance.now() + goneLimitMs;
  let left = pids;
  while (left.length > 0 && performance.now() < end) {
    const running = await Promise.all(left.map(processStartTime));
    left = left.filter((_, index) => running[index] !== null);
    await sleep(50);
  }
  if (left.length > 0) throw new Error(`hydra up left processes behind: ${left.join(", ")}`);
}

async function removeDatabase(dataDir: string): Promise<void> {
  const { clusterDir } = await import("../bin/installation/database.ts");
  await rm(await clusterDir(dataDir), { recursive: true, force: true });
}
