import { open } from "node:fs/promises";
import type { GgufHeader } from "./header.ts";
import { readGgufHeader } from "./read.ts";
import { GgufError } from "./reader.ts";

/** The header of a GGUF file on this machine's disk, whole or cut short; GgufError where it is none. */
export async function readGgufFile(path: string): Promise<GgufHeader & { sizeBytes: number }> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const header = await readGgufHeader(async (from, to) => {
      const bytes = Buffer.alloc(Math.max(0, Math.min(to, size) - from));
      const { bytesRead } = await file.read(bytes, 0, bytes.length, from);
      return bytes.subarray(0, bytesRead);
    });
    if (size < header.endBytes) throw new GgufError(`it is cut short: ${size} of ${header.endBytes} bytes are there`);
    return { ...header, sizeBytes: size };
  } finally {
    await file.close();
  }
}
