const mebibyte = 1024 * 1024;

/** What an instance keeps of earlier prompts, so that they need not be read again. The recipes tell it to every program. */
export const promptCacheMebibytes = 64;
/** A program without weights: Node, llama.cpp and its work space for a batch. Measured with the smallest model: 136 MiB, and 205 with a full prompt cache. */
const programBytes = 176 * mebibyte;
/** Where a file does not tell its layers: models of a few thousand million parameters keep about this share of themselves a token. */
const unknownCacheShare = 1 / 80_000;
/** An instance that takes no longer requests than this is of little use; where not even they fit, it needs more memory. */
const leastTokens = 4_096;
const stepTokens = 256;

export interface MemoryRoom {
  /** Of all files of the weights. */
  weightsBytes: number;
  /** What keys and values of one token take; null where the weights do not tell. */
  cacheBytesPerToken: number | null;
  /** Tokens that the model can take in one request. */
  contextLength: number;
  /** Requests worked on at once. */
  parallel: number;
  /** What the instance type gives. */
  memoryBytes: number;
}

export interface MemoryNeeds {
  memoryBytes: number;
  /** Tokens of one request that the instance offers. */
  contextLength: number;
}

/**
 * What an instance on this machine takes: the weights, the keys and values of every request at full length, its prompt cache and
 * the program; and how long a request may be, so that this is no more than the instance type gives, if that can be. The deployer
 * starts instances by it, and pages tell it before. Pure.
 */
export function memoryNeeds({ weightsBytes, cacheBytesPerToken, contextLength, parallel, memoryBytes }: MemoryRoom): MemoryNeeds {
  const perToken = cacheBytesPerToken ?? Math.ceil(weightsBytes * unknownCacheShare);
  const fixedBytes = programBytes + promptCacheMebibytes * mebibyte + weightsBytes;
  const freeBytes = memoryBytes - fixedBytes;
  const fitted = fittingContext({ contextLength, parallel, freeBytes, cacheBytesPerToken: perToken });
  return { memoryBytes: fixedBytes + fitted * parallel * perToken, contextLength: fitted };
}

export interface ContextRoom extends Pick<MemoryRoom, "contextLength" | "parallel"> {
  /** What is left for keys and values. */
  freeBytes: number;
  cacheBytesPerToken: number;
}

/**
 * Tokens of one request that an instance offers: all that the model can take, or as many as its memory holds for every request
 * at once. A model that was made for 131,072 tokens so runs on an instance type that has no room for so many.
 */
export function fittingContext({ contextLength, parallel, freeBytes, cacheBytesPerToken }: ContextRoom): number {
  const fitting = Math.floor(freeBytes / (parallel * Math.max(1, cacheBytesPerToken)) / stepTokens) * stepTokens;
  return Math.min(contextLength, Math.max(leastTokens, fitting));
}

/** A model and an instance type, as far as they decide how long a request may be. */
export interface OfferedContext {
  /** Tokens that the model can take in one request. */
  contextLength: number;
  /** What its weights say of themselves; null where nobody has read them yet. */
  weights: { bytes: number; cacheBytesPerToken: number } | null;
  type: { parallel: number; memoryBytes: number; gpuCount: number };
  /** Which kind of place the instance type is of. */
  driver: "local" | "kubernetes" | "upstream";
}

/**
 * How long a request an instance of that type will take, before one is started. Elsewhere than on this machine an instance takes
 * what the model takes. `tokens` is the most that can be where `certain` is false: the weights have not told, or another program
 * of the machine may take the engine's place.
 */
export function offeredContext({ contextLength, weights, type, driver }: OfferedContext): {
  tokens: number;
  certain: boolean;
  /** False where the instance type has too little memory even for the shortest useful request. */
  fits: boolean;
} {
  if (driver !== "local") return { tokens: contextLength, certain: true, fits: true };
  if (!weights || type.gpuCount > 0) return { tokens: contextLength, certain: false, fits: true };
  const { bytes: weightsBytes, cacheBytesPerToken } = weights;
  const { parallel, memoryBytes } = type;
  const needs = memoryNeeds({ weightsBytes, cacheBytesPerToken, contextLength, parallel, memoryBytes });
  return { tokens: needs.contextLength, certain: true, fits: needs.memoryBytes <= memoryBytes };
}
