export interface TokenCounts {
  /** Whole prompt, the cached part included. */
  input: number;
  cached: number;
  output: number;
  /** The part of the output that was reasoning; absent: none is known. */
  reasoning?: number;
  /** Generated images; absent: none. */
  images?: number;
}

/** Prices in nano-units per token. */
export interface TokenRates {
  inputNano: bigint;
  cachedInputNano: bigint;
  outputNano: bigint;
  /** Per generated image; null where the model's price names none. */
  imageNano?: bigint | null;
}

/** tokens (and images) × price version = amount, in nano-units. */
export function tokenCost(tokens: TokenCounts, rates: TokenRates): bigint {
  let cost = BigInt(tokens.input - tokens.cached) * rates.inputNano + BigInt(tokens.output) * rates.outputNano;
  // Mostly there are none of these.
  if (tokens.cached !== 0) cost += BigInt(tokens.cached) * rates.cachedInputNano;
  if (tokens.images) cost += BigInt(tokens.images) * (rates.imageNano ?? 0n);
  return cost;
}
