import { statfs } from "node:fs/promises";
import { Refusal } from "./refusal.ts";

/** Below it PostgreSQL cannot even make its first files with room to work. */
export const neededBytes = 200 * 1024 * 1024;

/** Bytes that this user may still write to the disk of a directory. */
export async function freeBytes(dir: string): Promise<number> {
  const { bavail, bsize } = await statfs(dir);
  return bavail * bsize;
}

/** Refuses where the disk of a directory has less than `needed` bytes left. */
export async function checkDisk(dir: string, needed = neededBytes): Promise<void> {
  const free = await freeBytes(dir);
  if (free >= needed) return;
  throw new Refusal(
    `The disk of ${dir} is full: ${megabytes(free)} are free, and Hydra needs ${megabytes(needed)}. Free some space, or set HYDRA_DATA_DIR to a larger disk.`,
  );
}

function megabytes(bytes: number): string {
  return `${Math.floor(bytes / 1024 / 1024)} MB`;
}
