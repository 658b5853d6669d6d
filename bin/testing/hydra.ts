import { spawn } from "node:child_process";
import { mkdtemp, realpath, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rootDir } from "#lib/config.ts";
import { clusterDir } from "../installation/database.ts";
import { nodeFlags } from "../setup/node.mjs";

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface Started {
  pid: number;
  /** What it has written so far. */
  stdout(): string;
  stderr(): string;
  ended: Promise<Ended>;
}

/** The developer's own settings must not reach what is tested. */
export function cleanEnv(given: Record<string, string>): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(HYDRA_|DATABASE_|HF_|MODELSCOPE_|npm_|VITEST|NODE_OPTIONS)/.test(name));
  return { ...Object.fromEntries(kept), NODE_ENV: "production", ...given };
}

/** Starts a script of the checkout under this Node, with nothing of Hydra's environment but what is given. */
export function startScript(script: string, args: string[], env: Record<string, string>): Started {
  const child = spawn(process.execPath, [...nodeFlags, join(rootDir, script), ...args], {
    cwd: rootDir,
    env: cleanEnv(env),
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  // `exit`, not `close`: after a kill -9 the children of the script still hold its pipes.
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => setTimeout(() => resolve({ code, stdout, stderr }), 50));
  });
  return { pid: child.pid ?? 0, stdout: () => stdout, stderr: () => stderr, ended };
}

/** Runs the `hydra` command to its end. */
export function runHydra(args: string[], env: Record<string, string>): Promise<Ended> {
  return startScript("bin/hydra.ts", args, env).ended;
}

export interface TemporaryDataDir {
  path: string;
  remove(): Promise<void>;
}

/** A data directory of its own, with a space in its path; `remove` also takes the database that root keeps elsewhere. */
export async function temporaryDataDir(): Promise<TemporaryDataDir> {
  const home = await realpath(await mkdtemp(join(tmpdir(), "hydra test ")));
  const path = join(home, "data");
  return {
    path,
    async remove() {
      const database = await clusterDir(path).catch(() => null);
      if (database) await rm(database, { recursive: true, force: true });
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** Ports that are free at this moment. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
