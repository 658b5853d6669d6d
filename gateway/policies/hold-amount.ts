import { type TokenCounts, type TokenRates, tokenCost } from "#lib/money/usage.ts";

/** The most that one call can use. */
export interface CallBound {
  input: number;
  output: number;
  images: number;
}

export interface PromptSize {
  /** UTF-8 bytes of everything that becomes part of the prompt; no token is shorter than a byte. */
  bytes: number;
  messages: number;
  /** Images and recordings. */
  media: number;
}

/** What a chat template adds around a message, in tokens. */
const tokensPerMessage = 16;
/** The most that engines make of one image at their usual settings. */
const tokensPerMedium = 4_096;

/** min(context, bytes + 16 a message + the images' bound). */
export function inputBound({ bytes, messages, media }: PromptSize, contextLength: number): number {
  return Math.min(contextLength, bytes + tokensPerMessage * messages + tokensPerMedium * media);
}

/** choices × min(max_tokens, context). */
export function outputBound(choices: number, maxTokens: number, contextLength: number): number {
  return choices * Math.min(maxTokens, contextLength);
}

/** What a call may cost at most, in nano-units: the amount that is held before it starts. */
export function holdAmount({ input, output, images }: CallBound, rates: TokenRates): bigint {
  const counts: TokenCounts = { input, cached: 0, output, images };
  const dearest = rates.cachedInputNano > rates.inputNano ? { ...rates, inputNano: rates.cachedInputNano } : rates;
  return tokenCost(counts, dearest);
}
