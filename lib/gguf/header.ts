import { GgufError, GgufReader, type GgufScalar } from "./reader.ts";
import { readTensors } from "./tensors.ts";

export interface GgufHeader {
  /** E.g. `qwen2`; `clip` for the image encoder that belongs to another file. */
  architecture: string;
  name: string | null;
  /** As the file says it; null where it does not. */
  licence: string | null;
  /** Tokens that the model was made for; null where the file does not say. */
  contextLength: number | null;
  /** Jinja template that turns messages into a prompt. */
  chatTemplate: string | null;
  /** It turns texts into vectors and writes none. */
  embedding: boolean;
  /** Numbers in the tensors of this file. */
  parameters: bigint;
  /** How many files the model was split into; 1 for a whole one. */
  splitCount: number;
  /** Which of them this is, from 0. */
  splitIndex: number;
  /** Bytes that the file must have at least: where the last tensor's data ends. */
  endBytes: number;
  /** What the keys and values of one token take at 16 bits; null where the layers differ or the file does not say. */
  cacheBytesPerToken: number | null;
}

/** Architectures without a writing head, as llama.cpp names them. */
const encoders = /^(bert|modern-bert|nomic-bert|nomic-bert-moe|jina-bert-v2|jina-bert-v3|neo-bert|t5encoder|gemma-embedding|eurobert)$/;

/** Reads a header from the first bytes of a file. Throws HeaderCutShort where these are too few, GgufError where it is none. */
export function parseGgufHeader(bytes: Uint8Array): GgufHeader {
  const reader = new GgufReader(bytes);
  const entries = new Map<string, GgufScalar>();
  for (let left = reader.entries; left > 0; left--) {
    const key = reader.text();
    const value = reader.value(reader.uint32());
    if (value !== null) entries.set(key, value);
  }
  const text = (key: string) => stringOf(entries.get(key));
  const whole = (key: string) => numberOf(entries.get(key));
  const architecture = text("general.architecture");
  if (architecture === null) throw new GgufError("its header does not say which architecture it is");
  const { parameters, endBytes } = readTensors(reader, whole("general.alignment"));
  return {
    architecture,
    name: text("general.name"),
    licence: text("general.license") ?? text("general.license.name"),
    contextLength: whole(`${architecture}.context_length`),
    chatTemplate: text("tokenizer.chat_template"),
    embedding: encoders.test(architecture) || (whole(`${architecture}.pooling_type`) ?? 0) > 0,
    parameters,
    splitCount: whole("split.count") || 1,
    splitIndex: whole("split.no") ?? 0,
    endBytes,
    cacheBytesPerToken: cacheBytes((key) => whole(`${architecture}.${key}`)),
  };
}

/** Layers × heads that keep keys and values × their lengths × 2 bytes. */
function cacheBytes(whole: (key: string) => number | null): number | null {
  const layers = whole("block_count");
  const heads = whole("attention.head_count");
  const width = whole("embedding_length");
  const keptHeads = whole("attention.head_count_kv") ?? heads;
  if (!layers || !heads || !keptHeads || !width) return null;
  const keyLength = whole("attention.key_length") ?? width / heads;
  const valueLength = whole("attention.value_length") ?? width / heads;
  return Math.ceil(layers * keptHeads * (keyLength + valueLength) * 2);
}

function stringOf(value: GgufScalar | undefined): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

function numberOf(value: GgufScalar | undefined): number | null {
  return typeof value === "number" || typeof value === "bigint" ? Number(value) : null;
}
