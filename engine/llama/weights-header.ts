import { open } from "node:fs/promises";
import { GgufReader } from "./gguf-reader.ts";
import { endOfTensors } from "./gguf-tensors.ts";

/** Vocabularies of 250,000 tokens with their merges need about 12 MB. */
const maxHeaderBytes = 64 * 1024 * 1024;
const defaultAlignment = 32;
const uint32Type = 4;
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
  const { header, size } = await readHeader(path);
  let tokens: string[] = [];
  let types: number[] = [];
  let alignment = defaultAlignment;
  let makesEmbeddings = false;
  let end: number;
  try {
    const reader = new GgufReader(header);
    for (let left = reader.entries; left > 0; left--) {
      const key = reader.text();
      const type = reader.uint32();
      if (key === "tokenizer.ggml.tokens") tokens = reader.texts(type);
      else if (key === "tokenizer.ggml.token_type") types = reader.integers(type);
      else if (key === "general.alignment") alignment = reader.uint32();
      // 0 is "none".
      else if (key.endsWith(".pooling_type") && type === uint32Type) makesEmbeddings = reader.uint32() > 0;
      else reader.skip(type);
    }
    end = endOfTensors(reader, alignment);
  } catch (error) {
    throw new WeightsError(`not a readable GGUF file: ${path}`, { cause: error });
  }
  if (size < end) throw new WeightsError(`weights file is cut short (${size} of ${end} bytes): ${path}`);
  const controlTexts = tokens.filter((text, id) => text !== "" && isControl(text, types[id]));
  return {
    controlTexts: controlTexts.sort((a, b) => b.length - a.length),
    longestBytes: tokens.reduce((longest, text) => Math.max(longest, Buffer.byteLength(text)), 1),
    makesEmbeddings,
  };
}

/** Throws {@link WeightsError} where a file is missing or no GGUF. */
export async function requireGguf(path: string, what: string): Promise<void> {
  const { header } = await readHeader(path, what);
  try {
    new GgufReader(header);
  } catch (error) {
    throw new WeightsError(`not a readable GGUF file: ${path}`, { cause: error });
  }
}

/** llama.cpp also counts `<|…|>` as control where the file forgot to mark it. */
function isControl(text: string, type: number | undefined): boolean {
  return type === controlToken || type === unknownToken || /^<\|[^|]+\|>$/.test(text);
}

async function readHeader(path: string, what = "weights"): Promise<{ header: Buffer; size: number }> {
  const file = await open(path).catch((error: NodeJS.ErrnoException) => {
    const reason = error.code === "ENOENT" ? `${what} file not found` : `${what} file cannot be read (${error.code})`;
    throw new WeightsError(`${reason}: ${path}`, { cause: error });
  });
  try {
    const { size } = await file.stat();
    const buffer = Buffer.alloc(Math.min(size, maxHeaderBytes));
    const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
    return { header: buffer.subarray(0, bytesRead), size };
  } catch (error) {
    throw new WeightsError(`${what} file cannot be read: ${path}`, { cause: error });
  } finally {
    await file.close();
  }
}
