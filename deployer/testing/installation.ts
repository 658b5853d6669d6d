import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rootDir } from "#lib/config.ts";
import { createTestDatabase, type TestDatabase } from "#test/database.ts";
import { eventually } from "../drivers/contract.ts";
import { findEngines } from "../drivers/local/command-lines.ts";

/** An installation for one test file: a database without services, a data directory, and deployers as real processes. */
export interface Installation {
  database: TestDatabase;
  dataDir: string;
  /** Starts a deployer, or another program with a deployer's environment, which can then be sent messages. */
  start(program?: string, ...args: string[]): ChildProcess;
  /** Starts a deployer and waits for its first sweep. */
  startReady(): Promise<ChildProcess>;
  /** Process ids of a service's engines by the operating system's word, in order. */
  engines(serviceId?: string): Promise<number[]>;
  /** Everything that deployers have logged. */
  log(): string;
  dispose(): Promise<void>;
}

/** @param settings variables of Hydra's besides those that every installation needs */
export async function createInstallation(settings: Record<string, string> = {}): Promise<Installation> {
  const database = await createTestDatabase();
  await database.db.serviceEvent.deleteMany();
  await database.db.modelService.deleteMany();
  const dataDir = await realpath(await mkdtemp(join(tmpdir(), "hydra deployer ")));
  const instancesDir = join(dataDir, "instances");
  const deployers: ChildProcess[] = [];
  let logged = "";

  function start(program = "deployer/main.ts", ...args: string[]): ChildProcess {
    const env = { PATH: process.env.PATH, HYDRA_DATA_DIR: dataDir, HYDRA_SECRET: "x".repeat(32), DATABASE_URL: database.url };
    const child = spawn(process.execPath, [join(rootDir, program), ...args], {
      env: { ...env, ...settings, NODE_ENV: "production" },
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (chunk) => {
        logged += chunk;
      });
    }
    deployers.push(child);
    return child;
  }

  async function startReady(): Promise<ChildProcess> {
    const child = start();
    await eventually(async () => {
      const said = JSON.parse(await readFile(join(dataDir, "run", "deployer.json"), "utf8"));
      if (said.pid !== child.pid) throw new Error("another deployer's word");
    }, 20_000);
    return child;
  }

  async function engines(serviceId?: string): Promise<number[]> {
    const found = await findEngines(instancesDir);
    return found.flatMap((one) => (serviceId === undefined || one.serviceId === serviceId ? [one.pid] : [])).sort((a, b) => a - b);
  }

  async function dispose(): Promise<void> {
    for (const child of deployers) if (isRunning(child)) await end(child, "SIGKILL");
    for (const pid of await engines()) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // It ended by itself meanwhile.
      }
    }
    await database.drop();
    await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
  }

  return { database, dataDir, start, startReady, engines, log: () => logged, dispose };
}

export function isRunning(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null;
}

/** Sends the signal and waits for the exit; the exit code, or null after a kill. */
export async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  const exit = once(child, "exit");
  child.kill(signal);
  await exit;
  return child.exitCode;
}
