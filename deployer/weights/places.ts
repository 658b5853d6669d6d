import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { insideForm } from "#lib/contracts/models.ts";
import { splitFiles } from "#lib/gguf/split.ts";
import { requireSafe } from "#lib/hub/paths.ts";
import type { WeightsRef } from "./ref.ts";

/** Where downloads of one revision of a repository lie. Throws RangeError for names that would lead out of the store. */
export function hubFolder(modelsDir: string, { hub, repository, revision }: WeightsRef): string {
  if (hub === null) throw new RangeError("these weights are not downloaded");
  requireSafe({ repository, revision });
  return join(modelsDir, "hub", hub, ...repository.split("/"), revision);
}

/** Whether all names of the ref stay within the store; the database refuses others, and so does each step here. */
export function isInside(ref: WeightsRef): boolean {
  try {
    if (ref.source === "hub") hubFolder("", ref);
    neededFiles(ref);
    return true;
  } catch {
    return false;
  }
}

/** The kernel's lock on it is held by whichever process downloads this revision. */
export function lockFile(modelsDir: string, { hub, repository, revision }: Pick<WeightsRef, "hub" | "repository" | "revision">): string {
  const key = createHash("sha256")
    .update(JSON.stringify([hub, repository, revision]))
    .digest("hex");
  return join(modelsDir, "locks", `${key.slice(0, 32)}.lock`);
}

/** Files below the repository or a weights folder that must be there; none are named for a whole repository. */
export function neededFiles({ file, projectorFile }: Pick<WeightsRef, "file" | "projectorFile">): string[] {
  const files = file === "" ? [] : [...splitFiles(file), ...(projectorFile === null ? [] : [projectorFile])];
  for (const one of files) if (!insideForm.test(one)) throw new RangeError(`not a file in the store: ${JSON.stringify(one)}`);
  return files;
}

/**
 * Bytes of all that the ref names in a folder; null while some of it is missing. What is there is whole and verified, because
 * files get their names last.
 */
export async function completeBytes(folder: string, ref: WeightsRef): Promise<number | null> {
  if (ref.file === "") return Number((await readFile(completeMark(folder), "utf8").catch(() => null)) ?? Number.NaN) || null;
  const sizes = await Promise.all(neededFiles(ref).map((file) => stat(join(folder, file)).catch(() => null)));
  return sizes.reduce<number | null>((total, one) => (total === null || !one?.isFile() ? null : total + one.size), 0);
}

/** Tells that a whole repository is there, and how many bytes it has. */
export function completeMark(folder: string): string {
  return join(folder, ".complete");
}

/** What the process that downloads has found out, for those that wait for it. */
export function planFile(folder: string, { file, projectorFile }: WeightsRef): string {
  const key = createHash("sha256")
    .update(JSON.stringify([file, projectorFile]))
    .digest("hex");
  return join(folder, `.plan-${key.slice(0, 16)}.json`);
}

/** What has come of a file so far. */
export function partialFile(target: string): string {
  return `${target}.partial`;
}
