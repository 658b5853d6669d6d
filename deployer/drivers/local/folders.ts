import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { pruneRunLogs } from "./run-log.ts";

/** Logs of this many ended instances are kept for each service. */
const keptPerService = 20;

const owner = z.object({
  serviceId: z.string(),
  /** What the machine gave it; a folder of an earlier version has none. */
  claim: z.object({ memoryBytes: z.number(), cpuMilli: z.number(), gpus: z.array(z.string()) }).optional(),
  /** Tokens of one request that it was started with. */
  contextLength: z.number().optional(),
});
export type Owner = z.infer<typeof owner>;

export interface InstanceFolder {
  dir: string;
  stateFile: string;
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
    ownerFile: join(dir, "owner.json"),
    drainFile: join(dir, "drain.json"),
  };
}

/** Makes the folder ready for a new run: no word of an earlier one but its logs. */
export async function prepareFolder(folder: InstanceFolder, owner: Owner): Promise<void> {
  await mkdir(folder.dir, { recursive: true, mode: 0o700 });
  await rm(folder.stateFile, { force: true });
  await pruneRunLogs(folder.dir);
  await writeFile(folder.ownerFile, `${JSON.stringify(owner)}\n`, { mode: 0o600 });
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
    const serviceId = (await readOwner(instanceFolder(instancesDir, id)))?.serviceId ?? "";
    byService.set(serviceId, [...(byService.get(serviceId) ?? []), id]);
  }
  for (const ids of byService.values()) {
    for (const id of ids.slice(0, -keptPerService)) await rm(join(instancesDir, id), { recursive: true, force: true });
  }
}

/** What a folder says of whose it is; null where it says nothing. */
export async function readOwner(folder: InstanceFolder): Promise<Owner | null> {
  try {
    return owner.parse(JSON.parse(await readFile(folder.ownerFile, "utf8")));
  } catch {
    return null;
  }
}
