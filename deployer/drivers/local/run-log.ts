import { createHash } from "node:crypto";
import { open, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { LogLine, LogPart } from "../driver.ts";

/** Lines given at once; of a longer part the newest. */
const maxLines = 1_000;
/** Read at once: a part that is longer is skipped up to its last bytes. */
const maxBytes = 1024 * 1024;
/** Logs that stay in an instance's folder; older ones have been read long ago. */
const keptLogs = 5;

/** A run's log, named by what only that run has, without telling it. */
export function runLogFile(dir: string, nonce: string): string {
  return join(dir, `run-${createHash("sha256").update(nonce).digest("hex").slice(0, 16)}.log`);
}

/** Removes old logs of an instance, so that there is room for one more. */
export async function pruneRunLogs(dir: string): Promise<void> {
  const names = (await readdir(dir).catch(() => [])).filter((name) => /^run-[0-9a-f]{16}\.log$/.test(name));
  const files = await Promise.all(names.map(async (name) => ({ path: join(dir, name), at: (await stat(join(dir, name))).mtimeMs })));
  for (const { path } of files.sort((a, b) => b.at - a.at).slice(keptLogs - 1)) await rm(path, { force: true });
}

/**
 * What a log has gained since `cursor`, a count of bytes. A line that is not finished is left for later while its writer lives.
 * Null where there is no such log.
 */
export async function readRunLog(file: string, cursor: string | null, ended: boolean): Promise<LogPart | null> {
  const handle = await open(file, "r").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  if (!handle) return null;
  try {
    const { size } = await handle.stat();
    const from = cursorOf(cursor, size);
    if (from === size) return { lines: [], cursor: String(from) };
    const start = Math.max(from, size - maxBytes);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - start), 0, size - start, start);
    const bytes = buffer.subarray(0, bytesRead);
    // Skipped into the middle of a line: it begins with the next one.
    const begin = start > from ? bytes.indexOf(0x0a) + 1 : 0;
    const end = ended ? bytes.length : bytes.lastIndexOf(0x0a) + 1;
    return { lines: linesOf(bytes.subarray(begin, end)), cursor: String(start + Math.max(begin, end)) };
  } finally {
    await handle.close();
  }
}

function cursorOf(cursor: string | null, size: number): number {
  const from = cursor === null ? 0 : Number(cursor);
  return Number.isSafeInteger(from) && from >= 0 ? Math.min(from, size) : 0;
}

function linesOf(bytes: Buffer): LogLine[] {
  const texts = bytes.toString("utf8").split("\n");
  if (texts.at(-1) === "") texts.pop();
  return texts.slice(-maxLines).map((text) => ({ at: timeOf(text), text: text.replace(/\r$/, "") }));
}

/** The engine writes JSON lines that begin with their time; what native code prints says none. */
function timeOf(line: string): Date | null {
  const at = /^\{[^{}]{0,60}"time":"(\d{4}-\d\d-\d\dT[\d:.]+Z)"/.exec(line)?.[1];
  return at ? new Date(at) : null;
}
