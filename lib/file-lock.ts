import { DatabaseSync } from "node:sqlite";

const sqliteBusy = 5;

export interface FileLock {
  release(): void;
}

/**
 * Takes a lock that the kernel holds on a file, or returns null where another holder has it, in this process or another.
 * SQLite takes it because Node offers no other way. It ends with its process, kill -9 included, so there is no stale
 * lock to judge.
 */
export function tryFileLock(file: string): FileLock | null {
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
