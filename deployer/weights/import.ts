import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { GgufHeader } from "#lib/gguf/header.ts";
import { createDiskSpace, DiskFullError, type DiskSpace } from "./disk-space.ts";
import { findImportSources, ImportError, type ImportSources } from "./import-sources.ts";

export interface ImportedWeights {
  /** Below the store's folder; of a split model the first part. */
  file: string;
  projectorFile: string | null;
  /** Of all files together. */
  sizeBytes: number;
  /** Of `file`. */
  sha256: string;
  /** Of `file`, with the parameters of all parts. */
  header: GgufHeader;
}

export interface ImportOptions {
  /** A GGUF file, the first part of a split one, or a folder that holds one model. */
  path: string;
  modelsDir: string;
  reserveBytes?: number;
  freeBytes?: (folder: string) => Promise<number>;
  onProgress?: (doneBytes: number, totalBytes: number) => void;
}

/**
 * Copies a model into the store, under the checksum of its first file, so that a second import of the same changes nothing.
 * What is not whole never gets its name. Throws ImportError.
 */
export async function importWeights(options: ImportOptions): Promise<ImportedWeights> {
  const sources = await findImportSources(options.path);
  const files = [...sources.parts, ...(sources.projector ? [sources.projector] : [])];
  const totalBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
  const imports = join(options.modelsDir, "imports");
  await mkdir(imports, { recursive: true, mode: 0o700 });
  const disk = createDiskSpace(options.reserveBytes ?? 512 * 1024 * 1024, options.freeBytes);
  // Beside its place, so that the last step is a rename on one disk.
  const incoming = await mkdtemp(join(imports, ".incoming-"));
  try {
    await disk.require(imports, totalBytes);
    const sums: string[] = [];
    let before = 0;
    for (const { path, sizeBytes } of files) {
      const told = (done: number) => options.onProgress?.(before + done, totalBytes);
      sums.push(await copy(path, join(incoming, safeName(path)), disk, told));
      before += sizeBytes;
    }
    return await settle(sources, incoming, imports, sums[0] ?? "", totalBytes);
  } catch (error) {
    throw importError(error);
  } finally {
    await rm(incoming, { recursive: true, force: true });
  }
}

async function settle(
  sources: ImportSources,
  incoming: string,
  imports: string,
  sha256: string,
  sizeBytes: number,
): Promise<ImportedWeights> {
  const [first] = sources.parts;
  const name = sha256.slice(0, 20);
  await rename(incoming, join(imports, name)).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error;
  });
  const parameters = sources.parts.reduce((sum, part) => sum + part.parameters, 0n);
  const projectorFile = sources.projector && `imports/${name}/${safeName(sources.projector.path)}`;
  return { file: `imports/${name}/${safeName(first.path)}`, projectorFile, sizeBytes, sha256, header: { ...first, parameters } };
}

/** SHA-256 of what was copied. */
async function copy(from: string, to: string, disk: DiskSpace, onProgress: (doneBytes: number) => void): Promise<string> {
  const hash = createHash("sha256");
  let done = 0;
  const watch = new Transform({
    transform(bytes: Buffer, _encoding, next) {
      hash.update(bytes);
      done += bytes.length;
      onProgress(done);
      next(null, bytes);
    },
  });
  try {
    await pipeline(createReadStream(from, { highWaterMark: 1024 * 1024 }), watch, createWriteStream(to, { mode: 0o600, flush: true }));
  } catch (error) {
    throw await disk.explain(error, to, 0);
  }
  return hash.digest("hex");
}

/** A name that the store and every command line can carry; the parts of a split model keep theirs alike. */
function safeName(path: string): string {
  return basename(path)
    .replace(/[^A-Za-z0-9._+-]/g, "_")
    .replace(/^[^A-Za-z0-9_]/, "_");
}

function importError(error: unknown): unknown {
  if (error instanceof ImportError) return error;
  if (error instanceof DiskFullError) {
    return new ImportError(`The disk is too full: ${error.message}. Make room, or set HYDRA_DATA_DIR to a larger disk.`, { cause: error });
  }
  const code = error instanceof Error && "code" in error ? error.code : null;
  return code ? new ImportError(`The weights store cannot be written (${String(code)}).`, { cause: error }) : error;
}
