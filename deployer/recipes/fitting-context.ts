/** An instance that takes no longer requests than this is of little use; where not even they fit, it needs more memory. */
const leastTokens = 4_096;
const stepTokens = 256;

export interface ContextRoom {
  /** Tokens that the model can take in one request. */
  contextLength: number;
  /** Requests worked on at once. */
  parallel: number;
  /** What is left for keys and values. */
  freeBytes: number;
  /** What keys and values of one token take. */
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
