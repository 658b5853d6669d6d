import { findEngines } from "#deployer/drivers/local/command-lines.ts";
import type { Config } from "#lib/config.ts";
import type { Db } from "#lib/db/client.ts";
import { processStartTime } from "#lib/process-identity.ts";
import { dataPaths } from "../installation/data-dir.ts";
import { runningInstances } from "../up/instance-processes.ts";
import { isRunning } from "../up/process-group.ts";
import { type Finding, fail, ok } from "./finding.ts";
import { isHeld } from "./set-up.ts";

const whileRunning = "The deployer settles this within seconds while Hydra runs; if it stays, see deployer.log.";

interface Found {
  instanceId: string;
  pid: number;
  startedAt: string;
}

/** Reliability I2: one live process for each instance row that has one, and the other way round. */
export async function checkInstances(db: Db, config: Config): Promise<Finding> {
  const advice = isHeld(config) ? whileRunning : "`npm start` settles it: rows get their process again, and what no row has is ended.";
  const rows = await db.instance.findMany({ where: { pid: { not: null } }, select: { id: true, pid: true, pidStartedAt: true } });
  const processes = await findProcesses(dataPaths(config.dataDir).instances);
  const dead: string[] = [];
  for (const { id, pid, pidStartedAt } of rows) {
    if (pid === null || pidStartedAt === null || !(await isRunning({ pid, startedAt: pidStartedAt }))) dead.push(id);
  }
  const known = new Set(rows.map((row) => `${row.pid} ${row.pidStartedAt}`));
  const orphans = processes.filter((found) => !known.has(`${found.pid} ${found.startedAt}`));
  const wrong = [
    dead.length > 0 ? `rows without their process: ${dead.join(", ")}` : "",
    orphans.length > 0 ? `processes without a row: ${orphans.map((found) => `${found.instanceId} (${found.pid})`).join(", ")}` : "",
  ].filter((one) => one !== "");
  if (wrong.length > 0) return fail("instances", wrong.join("; "), advice);
  return ok("instances", `${rows.length} rows with a process, ${processes.length} processes`);
}

/** By their own word in their folders, and by their command lines where that is lost. */
async function findProcesses(instancesDir: string): Promise<Found[]> {
  const [told, engines] = await Promise.all([runningInstances(instancesDir), findEngines(instancesDir)]);
  const found = new Map<number, Found>(told.map((one) => [one.pid, one]));
  for (const { pid, instanceId } of engines) {
    const startedAt = found.has(pid) ? null : await processStartTime(pid);
    if (startedAt !== null) found.set(pid, { instanceId, pid, startedAt });
  }
  return [...found.values()];
}
