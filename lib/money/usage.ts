export interface TokenCounts {
  /** Whole prompt, the cached part included. */
  input: number;
  cached: number;
  output: number;
}

/** Prices in nano-units per token. */
export interface TokenRates {
  inputNano: bigint;
  cachedInputNano: bigint;
  outputNano: bigint;
}

/** tokens × price version = amount, in nano-units. */
export function tokenCost(tokens: TokenCounts, rates: TokenRates): bigint {
  return (
    BigInt(tokens.input - tokens.cached) * rates.inputNano +
    BigInt(tokens.cached) * rates.cachedInputNano +
    BigInt(tokens.output) * rates.outputNano
  );
}
