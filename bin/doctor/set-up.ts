import { stat } from "node:fs/promises";
import type { Config } from "#lib/config.ts";
import { dataPaths } from "../installation/data-dir.ts";
import { freeBytes, neededBytes } from "../installation/disk.ts";
import { explain } from "../installation/explain.ts";
import { isLocked, readHolder } from "../installation/lock.ts";
import { checkPorts } from "../installation/ports.ts";
import { childSpecs } from "../up/child-specs.ts";
import { isRunning } from "../up/process-group.ts";
import { ProcessList } from "../up/process-list.ts";
import { type Finding, fail, ok, warn } from "./finding.ts";

export function checkNode(): Finding {
  return ok("node", `${process.version} on ${process.platform}-${process.arch}`);
}

export async function checkDataDir(config: Config): Promise<Finding> {
  const { secret } = dataPaths(config.dataDir);
  const mode = (await stat(secret).catch(() => null))?.mode;
  if (mode !== undefined && (mode & 0o077) !== 0) {
    return fail("data directory", `${secret} can be read by other users`, `Run: chmod 600 "${secret}"`);
  }
  return ok("data directory", `${config.dataDir} can be written`);
}

export async function checkSpace(config: Config): Promise<Finding> {
  const free = await freeBytes(config.dataDir);
  const says = `${Math.floor(free / 1024 / 1024)} MB free`;
  if (free < neededBytes) return fail("disk", says, "Free some space, or set HYDRA_DATA_DIR to a larger disk.");
  return free < 5 * neededBytes ? warn("disk", says, "Free some space soon.") : ok("disk", says);
}

/** While Hydra runs, its processes must live; while it does not, nothing of it may run and its ports must be free. */
export async function checkProcesses(config: Config, running: boolean): Promise<Finding> {
  const { children, logs } = dataPaths(config.dataDir);
  const listed = await new ProcessList(children).read();
  const found = await Promise.all(listed.map(async (child) => ((await isRunning(child)) ? [child.name] : [])));
  const alive = found.flat().sort();
  if (running) {
    // A machine that runs gateways alone has no console to name.
    const gatewayOnly = (await readHolder(config.dataDir))?.consoleUrl === null;
    const wanted = childSpecs(config, { dev: false, gatewayOnly }).map(({ name }) => name);
    const missing = wanted.filter((name) => !alive.includes(name)).sort();
    if (missing.length === 0) return ok("processes", `${alive.join(", ")} run`);
    return fail("processes", `not running: ${missing.join(", ")}`, `See their logs in ${logs}.`);
  }
  if (alive.length > 0) return warn("processes", `left by a start that was killed: ${alive.join(", ")}`, "`npm start` takes them over.");
  try {
    await checkPorts(config);
    return ok("processes", "Hydra is not running; its ports are free");
  } catch (error) {
    return fail("processes", "Hydra is not running", explain(error));
  }
}

/** Whether `hydra up`, or another command, holds the data directory. */
export function isHeld(config: Config): boolean {
  return isLocked(config.dataDir);
}
