import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";

/** Logs of this many ended instances are kept for each service. */
const keptPerService = 20;
/** A log that has grown past this is put aside at the next start; one older log is kept. */
const logLimitBytes = 16 * 1024 * 1024;

const owner = z.object({ serviceId: z.string() });

export interface InstanceFolder {
  dir: string;
  stateFile: string;
  logFile: string;
  ownerFile: string;
  /** Says which process was asked to drain, and when. */
  drainFile: string;
}

/** Where things of an instance lie. */
export function instanceFolder(instancesDir: string, instanceId: string): InstanceFolder {
  if (!/^[A-Za-z0-9_-]+$/.test(instanceId)) throw new RangeError(`not an instance id: ${JSON.stringify(instanceId)}`);
  const dir = join(instancesDir, instanceId);
  return {
    dir,
    stateFile: join(dir, "state.json"),
    logFile: join(dir, "engine.log"),
    ownerFile: join(dir, "owner.json"),
    drainFile: join(dir, "drain.json"),
  };
}

/** Makes the folder ready for a new run: no word of an earlier one, and room in the log. */
export async function prepareFolder(folder: InstanceFolder, serviceId: string): Promise<void> {
  await mkdir(folder.dir, { recursive: true, mode: 0o700 });
  await rm(folder.stateFile, { force: true });
  await writeFile(folder.ownerFile, `${JSON.stringify({ serviceId })}\n`, { mode: 0o600 });
  const log = await stat(folder.logFile).catch(() => null);
  if (log && log.size > logLimitBytes) await rename(folder.logFile, `${folder.logFile}.1`);
}

/** Instance ids that have a folder. */
export async function listFolders(instancesDir: string): Promise<string[]> {
  const entries = await readdir(instancesDir, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory() && /^[A-Za-z0-9_-]+$/.test(entry.name)).map((entry) => entry.name);
}

/** Removes folders of ended instances, but for the newest of each service; ids sort by age. */
export async function pruneFolders(instancesDir: string, live: ReadonlySet<string>): Promise<void> {
  const ended = (await listFolders(instancesDir)).filter((id) => !live.has(id)).sort();
  const byService = new Map<string, string[]>();
  for (const id of ended) {
    const serviceId = await folderOwner(instanceFolder(instancesDir, id));
    byService.set(serviceId, [...(byService.get(serviceId) ?? []), id]);
  }
  for (const ids of byService.values()) {
    for (const id of ids.slice(0, -keptPerService)) await rm(join(instancesDir, id), { recursive: true, force: true });
  }
}

async function folderOwner(folder: InstanceFolder): Promise<string> {
  try {
    return owner.parse(JSON.parse(await readFile(folder.ownerFile, "utf8"))).serviceId;
  } catch {
    return "";
  }
}
