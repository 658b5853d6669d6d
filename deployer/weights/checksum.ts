import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import type { Checksum } from "#lib/hub/hub.ts";

/** A file that came whole but is not what the hub says it is, again after a second download. */
export class ChecksumError extends Error {
  override name = "ChecksumError";
}

/** A hash that takes a file's bytes in order and compares itself with what they should give. */
export function startChecksum({ kind }: Checksum, sizeBytes: number): Hash {
  return kind === "sha256" ? createHash("sha256") : createHash("sha1").update(`blob ${sizeBytes}\0`);
}

/** Feeds a hash with the bytes that a file has already. */
export async function hashFile(hash: Hash, path: string, signal?: AbortSignal): Promise<void> {
  for await (const part of createReadStream(path, { highWaterMark: 1024 * 1024, ...(signal ? { signal } : {}) })) hash.update(part);
}
