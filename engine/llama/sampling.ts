import type { CompletionOptions } from "./binding.ts";

/** How the next token is chosen, in OpenAI's terms; what a request leaves out comes from {@link defaultSampling}. */
export interface Sampling {
  /** 0 is greedy. */
  temperature: number;
  topP: number;
  /** 0 or below: no limit. */
  topK: number;
  minP: number;
  /** Null: a new one for each request. */
  seed: number | null;
  frequencyPenalty: number;
  presencePenalty: number;
  /** Divides what has been said already; 1 is off. */
  repetitionPenalty: number;
}

/** llama.cpp's own defaults, but for the temperature, at which small models stay on the subject. */
export const defaultSampling: Sampling = {
  temperature: 0.7,
  topP: 0.95,
  topK: 40,
  minP: 0.05,
  seed: null,
  frequencyPenalty: 0,
  presencePenalty: 0,
  repetitionPenalty: 1,
};

/** What the binding is told. Every sampler of which its default is not "off" is named. */
export function toCompletionOptions(prompt: string, sampling: Sampling, maxTokens: number, contextTokens: number): CompletionOptions {
  return {
    prompt,
    n_predict: maxTokens,
    temperature: sampling.temperature,
    top_k: sampling.temperature === 0 ? 1 : Math.max(sampling.topK, 0),
    top_p: sampling.topP,
    min_p: sampling.minP,
    // The binding takes 31 bits.
    ...(sampling.seed === null ? {} : { seed: Number(BigInt.asUintN(31, BigInt(sampling.seed))) }),
    penalty_repeat: sampling.repetitionPenalty,
    penalty_freq: sampling.frequencyPenalty,
    penalty_present: sampling.presencePenalty,
    // All of the answer, as OpenAI's penalties look at; the binding's default is the last 64 tokens.
    penalty_last_n: contextTokens,
    dry_multiplier: 0,
    // The binding's default of 0.1 with a threshold of 0 drops the best token in one step of ten, greedy ones too.
    xtc_probability: 0,
    // With this it reports every token; without it only those that complete a character, and tokens could not be counted.
    n_probs: 1,
  };
}
