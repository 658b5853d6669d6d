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
  return (
    BigInt(tokens.input - tokens.cached) * rates.inputNano +
    BigInt(tokens.cached) * rates.cachedInputNano +
    BigInt(tokens.output) * rates.outputNano +
    BigInt(tokens.images ?? 0) * (rates.imageNano ?? 0n)
  );
}
