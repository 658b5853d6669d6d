import { readGgufFileAs } from "#lib/gguf/file.ts";
import { GgufError, GgufReader } from "#lib/gguf/reader.ts";
import { readTensors } from "#lib/gguf/tensors.ts";

/** Token types as GGUF numbers them: only these two are control symbols. */
const unknownToken = 2;
const controlToken = 3;

export interface Vocabulary {
  /** Texts that the tokenizer turns into a control symbol wherever they stand, such as `<|im_end|>`; longest first. */
  controlTexts: string[];
  /** UTF-8 bytes of the longest token: a text of n bytes has at least n / longestBytes tokens. */
  longestBytes: number;
  /** The weights say how to pool, as those of writing models do not. */
  makesEmbeddings: boolean;
}

/** The weights are missing, or not what llama.cpp could load. */
export class WeightsError extends Error {
  override name = "WeightsError";
}

/**
 * Reads what the binding does not show from the header of a GGUF file, and checks that the file is whole: the binding crashes
 * on one that is not. Throws {@link WeightsError} where the file is missing, unreadable, no GGUF, or cut short.
 */
export async function readVocabulary(path: string): Promise<Vocabulary> {
  const { tokens, types, makesEmbeddings, endBytes, sizeBytes } = await read(path, "weights", parseVocabulary);
  if (sizeBytes < endBytes) throw new WeightsError(`weights file is cut short (${sizeBytes} of ${endBytes} bytes): ${path}`);
  const controlTexts = tokens.filter((text, id) => text !== "" && isControl(text, types[id]));
  return {
    controlTexts: controlTexts.sort((a, b) => b.length - a.length),
    longestBytes: tokens.reduce((longest, text) => Math.max(longest, Buffer.byteLength(text)), 1),
    makesEmbeddings,
  };
}

/** Throws {@link WeightsError} where a file is missing or no GGUF. */
export async function requireGguf(path: string, what: string): Promise<void> {
  await read(path, what, (bytes) => new GgufReader(bytes));
}

interface Parsed {
  tokens: string[];
  /** By token; empty where the file does not say. */
  types: number[];
  makesEmbeddings: boolean;
  /** Bytes that the file must have at least. */
  endBytes: number;
}

function parseVocabulary(bytes: Uint8Array): Parsed {
  const reader = new GgufReader(bytes);
  let tokens: string[] = [];
  let types: number[] = [];
  let alignment: number | null = null;
  let makesEmbeddings = false;
  for (let left = reader.entries; left > 0; left--) {
    const key = reader.text();
    const type = reader.uint32();
    if (key === "tokenizer.ggml.tokens") tokens = reader.texts(type);
    else if (key === "tokenizer.ggml.token_type") types = reader.integers(type);
    else {
      const value = reader.value(type);
      if (key === "general.alignment") alignment = Number(value);
      // 0 is "none".
      else if (key.endsWith(".pooling_type")) makesEmbeddings = Number(value) > 0;
    }
  }
  return { tokens, types, makesEmbeddings, endBytes: readTensors(reader, alignment).endBytes };
}

/** llama.cpp also counts `<|…|>` as control where the file forgot to mark it. */
function isControl(text: string, type: number | undefined): boolean {
  return type === controlToken || type === unknownToken || /^<\|[^|]+\|>$/.test(text);
}

async function read<Result extends object>(path: string, what: string, parse: (bytes: Uint8Array) => Result) {
  try {
    return await readGgufFileAs(path, parse);
  } catch (cause) {
    if (cause instanceof GgufError) throw new WeightsError(`not a readable GGUF file: ${path}`, { cause });
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : String(cause);
    throw new WeightsError(`${what} file ${code === "ENOENT" ? "not found" : `cannot be read (${code})`}: ${path}`, { cause });
  }
}
