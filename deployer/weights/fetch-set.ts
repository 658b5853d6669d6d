import { mkdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { insideForm } from "#lib/contracts/models.ts";
import { type Checksum, type Hub, HubError, type HubFile } from "#lib/hub/hub.ts";
import { type DownloadDeps, downloadFile } from "./download.ts";
import { completeBytes, completeMark, hubFolder, neededFiles, partialFile, planFile } from "./places.ts";
import type { WeightsRef } from "./ref.ts";

const planForm = z.object({ files: z.array(z.object({ path: z.string().regex(insideForm), sizeBytes: z.number() })) });
type Plan = z.infer<typeof planForm>;

/** What a machine-learning runtime reads of a repository; readme, pictures and other formats of the same weights stay there. */
const ofUse = /(\.safetensors|\.json|\.jinja|\.model|\.tiktoken|(^|\/)(merges|vocab)\.txt)$/;

/**
 * Downloads all that the ref names and is not there yet; only the holder of its lock may. Throws as `downloadFile` does, and
 * HubError where the repository does not have what is named.
 */
export async function fetchSet(deps: DownloadDeps, modelsDir: string, ref: WeightsRef, signal: AbortSignal): Promise<void> {
  const folder = hubFolder(modelsDir, ref);
  const described = await deps.hub.describe(ref.repository, ref.revision, signal);
  const files = chooseFiles(deps.hub, ref, described.files);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writePlan(planFile(folder, ref), { files: files.map(({ path, sizeBytes }) => ({ path, sizeBytes })) });
  const missing: HubFile[] = [];
  for (const file of files) if (!(await isFile(join(folder, file.path)))) missing.push(file);
  await deps.disk.require(folder, await bytesLeft(folder, missing));
  for (const { path, sizeBytes, checksum } of missing) {
    const place = { repository: ref.repository, revision: described.revision, file: path, target: join(folder, path) };
    await downloadFile(deps, { ...place, sizeBytes, checksum: pinned(ref, path) ?? checksum }, signal);
  }
  if (ref.file !== "") return;
  await writeFile(completeMark(folder), String(sum(files.map((file) => file.sizeBytes))), { mode: 0o600 });
}

/** Whether all that the ref names is there. */
export async function isComplete(modelsDir: string, ref: WeightsRef): Promise<boolean> {
  return (await completeBytes(hubFolder(modelsDir, ref), ref)) !== null;
}

/** How far a download has come, by what lies on the disk, whoever brings it. */
export async function measure(modelsDir: string, ref: WeightsRef): Promise<{ doneBytes: number; totalBytes: number | null }> {
  const folder = hubFolder(modelsDir, ref);
  const plan = await readPlan(planFile(folder, ref));
  if (!plan) return { doneBytes: 0, totalBytes: ref.sizeBytes };
  const done = await Promise.all(plan.files.map((file) => bytesOf(join(folder, file.path))));
  return { doneBytes: sum(done), totalBytes: sum(plan.files.map((file) => file.sizeBytes)) };
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isFile() ?? false;
}

function chooseFiles(hub: Hub, ref: WeightsRef, listed: readonly HubFile[]): HubFile[] {
  if (ref.file === "") {
    const whole = listed.filter(({ path }) => insideForm.test(path) && ofUse.test(path));
    if (whole.some(({ path }) => path.endsWith(".safetensors"))) return whole;
    throw new HubError("not_found", `Repository ${ref.repository} has no safetensors.`);
  }
  const byPath = new Map(listed.map((file) => [file.path, file]));
  return neededFiles(ref).map((path) => {
    const file = byPath.get(path);
    if (file) return file;
    const site = hub.name === "modelscope" ? "ModelScope" : "Hugging Face";
    throw new HubError("not_found", `There is no file ${path} in ${ref.repository} (revision ${ref.revision}) on ${site}.`);
  });
}

function pinned(ref: WeightsRef, path: string): Checksum | null {
  return ref.sha256 !== null && path === ref.file ? { kind: "sha256", value: ref.sha256 } : null;
}

async function bytesLeft(folder: string, missing: readonly HubFile[]): Promise<number> {
  const left = missing.map(async ({ path, sizeBytes }) => Math.max(0, sizeBytes - (await bytesOf(join(folder, path)))));
  return sum(await Promise.all(left));
}

async function bytesOf(target: string): Promise<number> {
  const found = (await stat(target).catch(() => null)) ?? (await stat(partialFile(target)).catch(() => null));
  return found?.size ?? 0;
}

/** Renamed into place: those who wait read it at any moment. */
async function writePlan(file: string, plan: Plan): Promise<void> {
  await writeFile(`${file}.new`, JSON.stringify(plan), { mode: 0o600 });
  await rename(`${file}.new`, file);
}

async function readPlan(file: string): Promise<Plan | null> {
  try {
    return planForm.parse(JSON.parse(await readFile(file, "utf8")));
  } catch {
    return null;
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
