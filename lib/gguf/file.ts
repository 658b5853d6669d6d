import { open } from "node:fs/promises";
import { type GgufHeader, parseGgufHeader } from "./header.ts";
import { readGguf } from "./read.ts";
import { GgufError } from "./reader.ts";

/** The header of a GGUF file on this machine's disk. Throws GgufError where it is none or not whole, and the file system's errors. */
export async function readGgufFile(path: string): Promise<GgufHeader & { sizeBytes: number }> {
  const header = await readGgufFileAs(path, parseGgufHeader);
  if (header.sizeBytes < header.endBytes) {
    throw new GgufError(`it is cut short: ${header.sizeBytes} of ${header.endBytes} bytes are there`);
  }
  return header;
}

/** What `parse` takes from the header of a GGUF file, and the bytes that the file has; throws as {@link readGgufFile} does. */
export async function readGgufFileAs<Result extends object>(
  path: string,
  parse: (bytes: Uint8Array) => Result,
): Promise<Result & { sizeBytes: number }> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const parsed = await readGguf(async (from, to) => {
      const bytes = Buffer.alloc(Math.max(0, Math.min(to, size) - from));
      const { bytesRead } = await file.read(bytes, 0, bytes.length, from);
      return bytes.subarray(0, bytesRead);
    }, parse);
    return { ...parsed, sizeBytes: size };
  } finally {
    await file.close();
  }
}
