import { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { dataPaths } from "./data-dir.ts";
import { readText, writePrivate } from "./private-file.ts";
import { Refusal } from "./refusal.ts";

const sqliteBusy = 5;

/** What the holder of a data directory tells about itself. */
const holderSchema = z.object({ pid: z.number(), command: z.string(), consoleUrl: z.string().nullable() });
export type Holder = z.infer<typeof holderSchema>;

export interface DataLock {
  release(): void;
}

/**
 * Takes the data directory for this process (reliability I6), or throws a {@link Refusal} that names its holder.
 * The lock is one that the kernel holds on a file, taken through SQLite because Node offers no other way: it ends with
 * its process, kill -9 included, so there is no stale lock to judge.
 */
export async function lockDataDir(dataDir: string, holder: Omit<Holder, "pid">): Promise<DataLock> {
  const paths = dataPaths(dataDir);
  const held = tryLock(paths.lock);
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
  const held = tryLock(dataPaths(dataDir).lock);
  held?.release();
  return held === null;
}

/** What the last holder told; it may be gone. Null where there never was one. */
export async function readHolder(dataDir: string): Promise<Holder | null> {
  const text = await readText(dataPaths(dataDir).up);
  if (!text) return null;
  return holderSchema.safeParse(JSON.parse(text)).data ?? null;
}

function tryLock(file: string): DataLock | null {
  const database = new DatabaseSync(file);
  try {
    database.exec("PRAGMA busy_timeout = 0; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
    return { release: () => database.close() };
  } catch (error) {
    database.close();
    if (error instanceof Error && "errcode" in error && error.errcode === sqliteBusy) return null;
    throw error;
  }
}
