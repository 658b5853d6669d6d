import { z } from "zod";

/** Clients send null for "not set", as OpenAI's API allows, so every optional member takes it. */
const limit = z.number().int().min(1);

/** How the answer is drawn, told and ended: members that chat and legacy completions share. */
export const samplingMembers = {
  model: z.string().min(1).max(256),
  stream: z.boolean().nullish(),
  stream_options: z.strictObject({ include_usage: z.boolean().nullish(), include_obfuscation: z.boolean().nullish() }).nullish(),
  max_tokens: limit.nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  // More than one choice is refused by name rather than answered with one.
  n: z.literal(1).nullish(),
  stop: z.union([z.string(), z.array(z.string()).max(16)]).nullish(),
  seed: z.number().int().nullish(),
  presence_penalty: z.number().min(-2).max(2).nullish(),
  frequency_penalty: z.number().min(-2).max(2).nullish(),
  logit_bias: z.record(z.string(), z.number().min(-100).max(100)).nullish(),
  user: z.string().max(512).nullish(),
  // Extensions of vLLM that our own engine knows as well.
  top_k: z.number().int().min(-1).nullish(),
  min_p: z.number().min(0).max(1).nullish(),
  repetition_penalty: z.number().gt(0).max(10).nullish(),
  min_tokens: z.number().int().min(0).nullish(),
  ignore_eos: z.boolean().nullish(),
  stop_token_ids: z.array(z.number().int()).max(64).nullish(),
  skip_special_tokens: z.boolean().nullish(),
};

export const tokenLimit = limit;
