import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { portPlaceholder } from "../recipes/program.ts";

const killAfterMs = 10_000;

export interface RunningProgram {
  port: number;
  /** Its exit code, or the name of the signal that ended it. */
  ended: Promise<number | NodeJS.Signals>;
  /** Asks it to end, then makes it. */
  stop(): Promise<void>;
}

/** Starts the program on a free port of loopback, in this process's own group, so that who ends the group ends both. */
export async function startProgram(command: { file: string; args: string[] }, env: NodeJS.ProcessEnv): Promise<RunningProgram> {
  const port = await freePort();
  const args = command.args.map((arg) => (arg === portPlaceholder ? String(port) : arg));
  const child = spawn(command.file, args, { stdio: ["ignore", "inherit", "inherit"], env });
  await once(child, "spawn");
  endWithThisProcess(process.pid);
  const ended = once(child, "exit").then(([code, signal]) => (code ?? signal) as number | NodeJS.Signals);
  return { port, ended, stop: () => stop(child, ended) };
}

/**
 * Kills what is left of this process's group once this process is gone, also by kill -9, which leaves it no moment to do so
 * itself: the watcher's input ends with us.
 */
function endWithThisProcess(group: number): void {
  const script = 'while read -r line; do :; done; kill -KILL "-$1"';
  const watcher = spawn("/bin/sh", ["-c", script, "hydra-end-with", String(group)], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  watcher.on("error", () => {
    // Without a shell only the kill -9 of this one process leaves something behind, for the orphan sweep.
  });
  watcher.unref();
}

async function stop(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), killAfterMs);
  await ended;
  clearTimeout(timer);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port on loopback");
  return address.port;
}
