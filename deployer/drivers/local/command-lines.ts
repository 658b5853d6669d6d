import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join, sep } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
/** What an instance's process is started with: the engine, or what stands before another program (deployer/runtimes). */
const entries = [join("engine", "main.ts"), join("runtimes", "main.ts")];

/** An engine found by its command line. */
export interface EngineProcess {
  pid: number;
  instanceId: string;
  serviceId: string | null;
}

/**
 * Engines of this data directory among all processes, by their command lines: also those that were started a moment ago and
 * have not written a file yet.
 * @param instancesDir absolute; an engine belongs here when its `--state` file lies below
 */
export async function findEngines(instancesDir: string): Promise<EngineProcess[]> {
  return process.platform === "linux" ? fromProc(instancesDir) : fromPs(instancesDir);
}

async function fromProc(instancesDir: string): Promise<EngineProcess[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => parseArguments(Number(pid), commandLine(pid).split("\0"), instancesDir) ?? []);
}

/** Empty for a process that has ended meanwhile, or another user's under hidepid: not ours either way. */
function commandLine(pid: string): string {
  try {
    // The kernel answers from memory in a few microseconds; to hand each of hundreds to another thread costs many times that.
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return "";
  }
}

async function fromPs(instancesDir: string): Promise<EngineProcess[]> {
  const { stdout } = await run("ps", ["-axww", "-o", "pid=,command="], { maxBuffer: 64 * 1024 * 1024 });
  return stdout.split("\n").flatMap((line) => parsePsLine(line, instancesDir) ?? []);
}

/** Reads an argument list; null where it is no engine of this folder. */
export function parseArguments(pid: number, args: readonly string[], instancesDir: string): EngineProcess | null {
  const after = (flag: string) => {
    const at = args.indexOf(flag);
    return at < 0 ? null : (args[at + 1] ?? null);
  };
  const instanceId = after("--instance");
  if (!instanceId || after("--state") !== join(instancesDir, instanceId, "state.json")) return null;
  if (!args.some((arg) => entries.some((entry) => arg.endsWith(entry)))) return null;
  return { pid, instanceId, serviceId: after("--service") };
}

/** Reads a line of `ps -o pid=,command=`, which does not say where an argument with a space in it ends. */
export function parsePsLine(line: string, instancesDir: string): EngineProcess | null {
  const match = /^\s*(\d+)\s.*(?:engine|runtimes)[/\\]main\.ts\s.*?--instance (\S+) --service (\S+) /.exec(line);
  if (!match?.[1] || !match[2] || !match[3]) return null;
  const state = `--state ${instancesDir}${sep}${match[2]}${sep}state.json`;
  return line.includes(state) ? { pid: Number(match[1]), instanceId: match[2], serviceId: match[3] } : null;
}
