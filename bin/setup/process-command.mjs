import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

/**
 * The command line of a process, its arguments joined by spaces; empty where there is none. Linux is asked without `ps`,
 * which small images lack.
 * @param {number} pid
 * @returns {Promise<string>}
 */
export async function processCommand(pid) {
  if (process.platform === "linux") {
    return (await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")).replaceAll("\0", " ");
  }
  const { stdout } = await run("ps", ["-ww", "-o", "command=", "-p", String(pid)]).catch(() => ({ stdout: "" }));
  return `${stdout.trimEnd()} `;
}
