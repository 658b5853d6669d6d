import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { tryFileLock } from "#lib/file-lock.ts";

const pollMs = 200;

/**
 * Does `work` while nobody else imports or prunes: what an import has copied is no model's until its row is written, and must not
 * be taken for unused meanwhile. Waits for its turn; `onWait` is told once that it has to.
 */
export async function withImportLock<Result>(modelsDir: string, work: () => Promise<Result>, onWait: () => void): Promise<Result> {
  const folder = join(modelsDir, "locks");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, "imports.lock");
  let lock = tryFileLock(file);
  if (!lock) onWait();
  while (!lock) {
    await sleep(pollMs);
    lock = tryFileLock(file);
  }
  try {
    return await work();
  } finally {
    lock.release();
  }
}
