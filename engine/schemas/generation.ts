import { z } from "zod";
import { defaultSampling, type Sampling } from "../llama/sampling.ts";
import { text } from "./text.ts";

/** A member that the engine knows but cannot do: it may only say that it is not wanted. Silence would be a wrong answer. */
function unsupported(reason: string, isOff: (value: unknown) => boolean) {
  return z
    .unknown()
    .refine((value) => value === null || isOff(value), {
      error: `${reason} by this engine; leave it out`,
      params: { code: "unknown_parameter" },
    })
    .optional();
}

/** The engine's own grammars alone are known to end; a caller's could keep it busy for good, or end it. */
const ownGrammar = z
  .unknown()
  .refine((value) => value === null, {
    error: "is not supported by this engine; `response_format` with a JSON schema holds an answer to a form",
    params: { code: "unknown_parameter" },
  })
  .optional();

const isEmpty = (value: unknown): boolean => typeof value === "object" && value !== null && Object.keys(value).length === 0;
const penalty = z.number().min(-2).max(2).nullish();
const tokenCount = z.number().int().min(1).nullish();
/** Without effect on the answer, so they are taken and dropped. */
const ignored = z.unknown().optional();
const scope = text.max(1000).nullish();

const stop = z
  .union([text, z.array(text).max(4)], { error: "must be a string or up to 4 strings" })
  .nullish()
  .transform((value) => (typeof value === "string" ? [value] : (value ?? [])))
  .refine((stops) => stops.every((value) => value !== "" && value.length <= 1000), "must not be empty or longer than 1,000 characters");

/** What chat and text completions share. */
export const generationShape = {
  model: z.string(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  top_k: z.number().int().min(-1).max(1_000_000).nullish(),
  min_p: z.number().min(0).max(1).nullish(),
  seed: z.number().int().nullish(),
  frequency_penalty: penalty,
  presence_penalty: penalty,
  /** llama.cpp ends the process on one that it cannot divide by. */
  repetition_penalty: z.number().min(0.01).max(10).nullish(),
  max_tokens: tokenCount,
  stop,
  stream: z.boolean().nullish(),
  stream_options: z.strictObject({ include_usage: z.boolean().nullish(), continuous_usage_stats: z.boolean().nullish() }).nullish(),
  n: z.number().int().min(1).max(128).nullish(),
  /** The binding writes each bias beyond the end of a list. */
  logit_bias: unsupported("logit biases are not supported", isEmpty),
  guided_json: ownGrammar,
  guided_regex: ownGrammar,
  guided_choice: ownGrammar,
  guided_grammar: ownGrammar,
  structured_outputs: ownGrammar,
  grammar: ownGrammar,
  /** Prompts are reused only among requests with the same two. */
  cache_salt: scope,
  prompt_cache_key: scope,
  user: ignored,
  metadata: ignored,
  store: ignored,
  service_tier: ignored,
  safety_identifier: ignored,
};

/** Members of chat completions that the engine cannot do. The binding shows probabilities only as the samplers have left them. */
export const unsupportedInChat = {
  logprobs: unsupported("log probabilities are not supported", (value) => value === false),
  top_logprobs: unsupported("log probabilities are not supported", (value) => value === 0),
  functions: unsupported("functions are not supported (tools are)", isEmpty),
  function_call: unsupported("functions are not supported (tools are)", (value) => value === "none" || value === "auto"),
  verbosity: ignored,
};

/** Members of text completions that the engine cannot do. */
export const unsupportedInText = {
  logprobs: unsupported("log probabilities are not supported", () => false),
  best_of: unsupported("the best of several answers is not supported", (value) => value === 1),
  echo: unsupported("echo is not supported", (value) => value === false),
  suffix: unsupported("suffixes are not supported", (value) => value === ""),
};

type GenerationBody = z.output<z.ZodObject<typeof generationShape>>;

export interface StreamOptions {
  /** A last chunk with the usage of the whole answer. */
  usageAtEnd: boolean;
  /** The usage so far on each chunk. */
  usageOnEachChunk: boolean;
}

/** How to answer: null is one whole body. */
export function streamOptionsOf(body: GenerationBody): StreamOptions | null {
  if (body.stream !== true) return null;
  return {
    usageAtEnd: body.stream_options?.include_usage === true,
    usageOnEachChunk: body.stream_options?.continuous_usage_stats === true,
  };
}

export function samplingOf(body: GenerationBody): Sampling {
  return {
    temperature: body.temperature ?? defaultSampling.temperature,
    topP: body.top_p ?? defaultSampling.topP,
    topK: body.top_k ?? defaultSampling.topK,
    minP: body.min_p ?? defaultSampling.minP,
    seed: body.seed ?? defaultSampling.seed,
    frequencyPenalty: body.frequency_penalty ?? defaultSampling.frequencyPenalty,
    presencePenalty: body.presence_penalty ?? defaultSampling.presencePenalty,
    repetitionPenalty: body.repetition_penalty ?? defaultSampling.repetitionPenalty,
  };
}

export function cacheScopeOf(body: GenerationBody): string {
  return JSON.stringify([body.cache_salt ?? null, body.prompt_cache_key ?? null]);
}
