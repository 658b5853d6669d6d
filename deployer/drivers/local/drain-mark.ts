import { readFile, rename, writeFile } from "node:fs/promises";
import { z } from "zod";
import type { ProcessId } from "./process-control.ts";

const drainMark = z.object({ pid: z.number(), startedAt: z.string(), askedAt: z.iso.datetime() });

/** Milliseconds since that process was asked to drain; null where it was not. A clock set back counts as just now. */
export async function readDrainMark(file: string, id: ProcessId): Promise<number | null> {
  try {
    const mark = drainMark.parse(JSON.parse(await readFile(file, "utf8")));
    if (mark.pid !== id.pid || mark.startedAt !== id.startedAt) return null;
    return Math.max(0, Date.now() - Date.parse(mark.askedAt));
  } catch {
    return null;
  }
}

export async function writeDrainMark(file: string, { pid, startedAt }: ProcessId): Promise<void> {
  const mark: z.input<typeof drainMark> = { pid, startedAt, askedAt: new Date().toISOString() };
  await writeFile(`${file}.new`, `${JSON.stringify(mark)}\n`, { mode: 0o600 });
  await rename(`${file}.new`, file);
}
