import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { SetupFailure } from "./failure.mjs";
import { rootDir } from "./paths.mjs";
import { processCommand } from "./process-command.mjs";

const marksDir = join(rootDir, "node_modules", ".hydra", "running");

/**
 * Marks this process as one that runs Hydra from this checkout. Returns a function that takes the mark away.
 * @param {string} dataDir
 * @param {string} [dir]
 */
export async function markRunning(dataDir, dir = marksDir) {
  const file = join(dir, `${process.pid}.json`);
  await mkdir(dir, { recursive: true });
  await writeFile(file, JSON.stringify({ pid: process.pid, dataDir }));
  return () => rm(file, { force: true });
}

/**
 * Throws where Hydra runs from this checkout: replacing its modules or its build would break what it serves.
 * @param {string} what
 * @param {string} [dir]
 */
export async function refuseWhileRunning(what, dir = marksDir) {
  for (const name of await readdir(dir).catch(() => [])) {
    const file = join(dir, name);
    const mark = JSON.parse(await readFile(file, "utf8").catch(() => "{}"));
    if (mark.pid && isHydra(await processCommand(mark.pid))) {
      throw new SetupFailure(
        `Hydra runs from this checkout (process ${mark.pid}, data in ${mark.dataDir}) and ${what}. Stop it first, then start again.`,
      );
    }
    await rm(file, { force: true });
  }
}

/** The command line tells a reused pid from a running Hydra. @param {string} command */
function isHydra(command) {
  return /bin\/hydra\.ts up\b/.test(command);
}
