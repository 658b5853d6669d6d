import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { readGgufFile } from "#lib/gguf/file.ts";
import type { GgufHeader } from "#lib/gguf/header.ts";
import { GgufError } from "#lib/gguf/reader.ts";
import { isLaterPart, splitFiles } from "#lib/gguf/split.ts";

/** What cannot be imported; the message says why and what to do. */
export class ImportError extends Error {
  override name = "ImportError";
}

type LocalGguf = GgufHeader & { path: string; sizeBytes: number };

export interface ImportSources {
  /** In order: more than one where the model was split. */
  parts: [LocalGguf, ...LocalGguf[]];
  projector: LocalGguf | null;
}

/** Architecture of an image encoder, which is of use only beside the model that it was made for. */
const encoderArchitecture = "clip";
const otherFormats = /\.(safetensors|bin|pt|pth|onnx|ggml)$/i;

/** The one model that a file or a folder holds, with all its parts and its image encoder. Throws {@link ImportError}. */
export async function findImportSources(path: string): Promise<ImportSources> {
  const found = await stat(path).catch(() => null);
  if (!found) throw new ImportError(`There is no file or folder ${path}.`);
  if (found.isDirectory()) return fromFolder(path);
  return { parts: await allParts(path), projector: null };
}

async function fromFolder(folder: string): Promise<ImportSources> {
  const names = (await readdir(folder)).sort();
  const ggufs = names.filter((name) => /\.gguf$/i.test(name) && !isLaterPart(name));
  if (ggufs.length === 0)
    throw new ImportError(`There is no GGUF file in ${folder}.${names.some((name) => otherFormats.test(name)) ? ` ${convertAdvice}` : ""}`);
  const headers = await Promise.all(ggufs.map((name) => readHeader(join(folder, name))));
  const encoders = headers.filter((header) => header.architecture === encoderArchitecture);
  const models = headers.filter((header) => header.architecture !== encoderArchitecture);
  const [model] = models;
  if (!model) throw new ImportError(`${folder} holds an image encoder, but no model that it belongs to.`);
  if (models.length > 1) throw new ImportError(`${folder} holds ${models.length} models. Name one: ${list(models)}`);
  if (encoders.length > 1) throw new ImportError(`${folder} holds ${encoders.length} image encoders. Leave one: ${list(encoders)}`);
  return { parts: await allParts(model.path), projector: encoders[0] ?? null };
}

const convertAdvice =
  "Hydra's engine loads GGUF: convert the weights with llama.cpp's convert_hf_to_gguf.py, or look for a GGUF of this model.";

async function allParts(path: string): Promise<ImportSources["parts"]> {
  const names = splitFiles(basename(path));
  if (isLaterPart(path)) throw new ImportError(`${path} is a later part of a split model. Name its first part, ${names[0]}.`);
  const first = await readHeader(path);
  if (first.architecture === encoderArchitecture) {
    throw new ImportError(`${path} is the image encoder of another model. Import a folder that holds both.`);
  }
  if (first.splitCount !== names.length) {
    throw new ImportError(
      `${path} says that it is one of ${first.splitCount} parts; its name must end in -00001-of-${String(first.splitCount).padStart(5, "0")}.gguf.`,
    );
  }
  const rest = await Promise.all(names.slice(1).map((name) => readHeader(join(dirname(path), name))));
  for (const [index, part] of rest.entries()) {
    if (part.splitIndex === index + 1 && part.splitCount === names.length) continue;
    throw new ImportError(`${part.path} is not part ${index + 2} of ${names.length} of this model.`);
  }
  return [first, ...rest];
}

async function readHeader(path: string): Promise<LocalGguf> {
  try {
    return { ...(await readGgufFile(path)), path };
  } catch (cause) {
    if (cause instanceof GgufError) {
      throw new ImportError(
        `${path} is no GGUF file that can be loaded: ${cause.message}.${otherFormats.test(path) ? ` ${convertAdvice}` : ""}`,
        { cause },
      );
    }
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
    throw new ImportError(code === "ENOENT" ? `${path} is missing.` : `${path} cannot be read (${code || String(cause)}).`, { cause });
  }
}

function list(files: readonly LocalGguf[]): string {
  return files.map((file) => basename(file.path)).join(", ");
}
