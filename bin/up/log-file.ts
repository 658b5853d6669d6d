import { open, rename, stat } from "node:fs/promises";
import { join } from "node:path";

const rotateAtBytes = 10 * 1024 * 1024;
const tailBytes = 8 * 1024;

/** Path of a child's log. */
export function logFile(logsDir: string, name: string): string {
  return join(logsDir, `${name}.log`);
}

/** Sets a log that has grown past 10 MB aside as `<name>.log.1`; the one before is dropped. */
export async function rotateLog(file: string, limitBytes = rotateAtBytes): Promise<void> {
  const size = (await stat(file).catch(() => null))?.size ?? 0;
  if (size > limitBytes) await rename(file, `${file}.1`);
}

/** The last lines of a log, for a message that says why something did not start. */
export async function lastLines(file: string, count: number): Promise<string> {
  const handle = await open(file, "r").catch(() => null);
  if (!handle) return "";
  try {
    const { size } = await handle.stat();
    const buffer = Buffer.alloc(Math.min(size, tailBytes));
    await handle.read(buffer, 0, buffer.length, size - buffer.length);
    return buffer.toString("utf8").trimEnd().split("\n").slice(-count).join("\n");
  } finally {
    await handle.close();
  }
}
