import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

/**
 * When a process started, as an opaque text: together with the pid it names one process for good, because a reused pid has
 * another start. Linux: clock ticks since boot. Elsewhere: what `ps` prints. Null when there is no such process, or only
 * a zombie of it, which can do nothing more.
 */
export async function processStartTime(pid: number): Promise<string | null> {
  if (!Number.isSafeInteger(pid) || pid <= 0) return null;
  return process.platform === "linux" ? fromProc(pid) : fromPs(pid);
}

async function fromProc(pid: number): Promise<string | null> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch((error: NodeJS.ErrnoException) => {
    // ESRCH: the process ended between open and read.
    if (error.code === "ENOENT" || error.code === "ESRCH") return null;
    throw error;
  });
  return stat === null ? null : parseProcStat(stat);
}

/** Field 22 of a line of proc(5) stat; null for a zombie or a dead process. The name in field 2 may hold spaces and brackets. */
export function parseProcStat(stat: string): string | null {
  const fields = stat
    .slice(stat.lastIndexOf(")") + 1)
    .trim()
    .split(" ");
  const state = fields[0];
  const startTicks = fields[19];
  if (state === "Z" || state === "X" || startTicks === undefined) return null;
  return startTicks;
}

async function fromPs(pid: number): Promise<string | null> {
  try {
    const { stdout } = await run("ps", ["-o", "stat=,lstart=", "-p", String(pid)], { env: { ...process.env, LC_ALL: "C" } });
    return parsePs(stdout);
  } catch (error) {
    // ps exits with 1 when it finds no such process; anything else (ps itself is missing) must not read as "dead".
    if (error instanceof Error && "code" in error && error.code === 1) return null;
    throw error;
  }
}

/** The start in a line of `ps -o stat=,lstart=`; null for a zombie or no line. */
export function parsePs(stdout: string): string | null {
  const match = /^(\S+)\s+(.+)$/.exec(stdout.trim());
  if (!match?.[1] || !match[2] || match[1].startsWith("Z")) return null;
  return match[2];
}
