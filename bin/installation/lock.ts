import { z } from "zod";
import { type FileLock, tryFileLock } from "#lib/file-lock.ts";
import { dataPaths } from "./data-dir.ts";
import { readText, writePrivate } from "./private-file.ts";
import { Refusal } from "./refusal.ts";

/** What the holder of a data directory tells about itself. */
const holderSchema = z.object({ pid: z.number(), command: z.string(), consoleUrl: z.string().nullable() });
export type Holder = z.infer<typeof holderSchema>;

/**
 * Takes the data directory for this process (reliability I6), or throws a {@link Refusal} that names its holder.
 * The lock ends with its process, kill -9 included.
 */
export async function lockDataDir(dataDir: string, holder: Omit<Holder, "pid">): Promise<FileLock> {
  const paths = dataPaths(dataDir);
  const held = tryFileLock(paths.lock);
  if (!held) {
    const other = await readHolder(dataDir);
    const who = other ? ` (\`hydra ${other.command}\`, process ${other.pid}${other.consoleUrl ? `, ${other.consoleUrl}` : ""})` : "";
    throw new Refusal(`Hydra already runs on ${dataDir}${who}. Stop it first, or set HYDRA_DATA_DIR to another directory.`);
  }
  await writePrivate(paths.up, JSON.stringify({ pid: process.pid, ...holder } satisfies Holder));
  return held;
}

/** Whether a process holds the data directory at this moment. */
export function isLocked(dataDir: string): boolean {
  const held = tryFileLock(dataPaths(dataDir).lock);
  held?.release();
  return held === null;
}

/** What the last holder told; it may be gone. Null where there never was one. */
export async function readHolder(dataDir: string): Promise<Holder | null> {
  const text = await readText(dataPaths(dataDir).up);
  if (!text) return null;
  return holderSchema.safeParse(JSON.parse(text)).data ?? null;
}
