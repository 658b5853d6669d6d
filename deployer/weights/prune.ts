import { mkdir, readdir, rm, rmdir, stat } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { weightsHubs } from "#lib/contracts/models.ts";
import { tryFileLock } from "#lib/file-lock.ts";
import { hubFolder, isInside, lockFile, neededFiles, partialFile, planFile } from "./places.ts";
import type { WeightsRef } from "./ref.ts";

/** What lies in one folder of the store and is no model's. */
export interface UnusedWeights {
  /** Below the store: `hub/<hub>/<repository>/<revision>` or `imports/<checksum>`. */
  folder: string;
  /** Below the store. */
  files: string[];
  bytes: number;
}

export interface PruneResult {
  removed: UnusedWeights[];
  /** Folders that somebody downloads into at this moment: nothing of them was touched. */
  busy: string[];
}

/**
 * Files of downloads and imports that none of `refs` needs, folder by folder. What came of a download that was cut short counts to
 * its file. Other folders of the store are their owner's, and never looked into. Of what an import is copying the caller must hold
 * the lock (import-lock.ts).
 */
export async function findUnused(modelsDir: string, refs: readonly WeightsRef[]): Promise<UnusedWeights[]> {
  const keep = keeper(modelsDir, refs);
  const folders = [...(await hubFolders(modelsDir)), ...(await subfolders(join(modelsDir, "imports")))];
  const found = await Promise.all(folders.map((folder) => unusedIn(modelsDir, folder, keep)));
  return found.filter(({ files }) => files.length > 0).sort((a, b) => (a.folder < b.folder ? -1 : 1));
}

/**
 * Removes what `asked` names and is still unused by what `readRefs` says now, and nothing else: who was asked about a list has
 * agreed to that list. Skips folders that are being downloaded into.
 */
export async function removeUnused(
  modelsDir: string,
  asked: readonly UnusedWeights[],
  readRefs: () => Promise<readonly WeightsRef[]>,
): Promise<PruneResult> {
  const result: PruneResult = { removed: [], busy: [] };
  for (const { folder, files } of asked) {
    const release = await takeLock(modelsDir, folder);
    if (!release) {
      result.busy.push(folder);
      continue;
    }
    try {
      const [now] = (await findUnused(modelsDir, await readRefs())).filter((one) => one.folder === folder);
      const agreed = new Set(files);
      const going = now?.files.filter((file) => agreed.has(file)) ?? [];
      if (going.length === 0) continue;
      result.removed.push({ folder, files: going, bytes: await bytesOf(modelsDir, going) });
      for (const file of going) await rm(join(modelsDir, file), { force: true });
      await removeEmpty(modelsDir, going);
    } finally {
      release();
    }
  }
  return result;
}

/** Whether a file of the store is needed, by its absolute path. */
function keeper(modelsDir: string, refs: readonly WeightsRef[]): (path: string) => boolean {
  const paths = new Set<string>();
  const whole: string[] = [];
  for (const ref of refs.filter(isInside)) {
    const folder = ref.source === "hub" ? hubFolder(modelsDir, ref) : modelsDir;
    if (ref.source === "hub" && ref.file === "") whole.push(folder + sep);
    if (ref.source === "hub") paths.add(planFile(folder, ref));
    for (const file of neededFiles(ref)) {
      const target = join(folder, file);
      for (const path of [target, partialFile(target), `${partialFile(target)}.of`]) paths.add(path);
    }
  }
  return (path) => paths.has(path) || whole.some((folder) => path.startsWith(folder));
}

async function unusedIn(modelsDir: string, folder: string, keep: (path: string) => boolean): Promise<UnusedWeights> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const files = paths
    .filter((path) => !keep(path))
    .map((path) => relative(modelsDir, path))
    .sort();
  return { folder: relative(modelsDir, folder), files, bytes: await bytesOf(modelsDir, files) };
}

async function hubFolders(modelsDir: string): Promise<string[]> {
  let folders = weightsHubs.map((hub) => join(modelsDir, "hub", hub));
  // Owner, name and revision.
  for (let depth = 0; depth < 3; depth++) folders = (await Promise.all(folders.map(subfolders))).flat();
  return folders;
}

async function subfolders(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map((entry) => join(folder, entry.name));
}

async function bytesOf(modelsDir: string, files: readonly string[]): Promise<number> {
  const sizes = await Promise.all(files.map(async (file) => (await stat(join(modelsDir, file)).catch(() => null))?.size ?? 0));
  return sizes.reduce((total, one) => total + one, 0);
}

/** The lock that a download into the folder holds; null where one does. Imports are kept out by the caller. */
async function takeLock(modelsDir: string, folder: string): Promise<(() => void) | null> {
  const [kind, hub, owner, name, revision] = folder.split(sep);
  if (kind !== "hub" || !hub || !revision) return () => {};
  const known = weightsHubs.find((one) => one === hub) ?? null;
  const file = lockFile(modelsDir, { hub: known, repository: `${owner}/${name}`, revision });
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const lock = tryFileLock(file);
  return lock && (() => lock.release());
}

/** Folders that are empty now, up to those that the store itself makes. */
async function removeEmpty(modelsDir: string, files: readonly string[]): Promise<void> {
  for (const file of files) {
    for (let folder = dirname(file); folder.split(sep).length > 1; folder = dirname(folder)) {
      const removed = await rmdir(join(modelsDir, folder)).then(
        () => true,
        () => false,
      );
      if (!removed) break;
    }
  }
}
