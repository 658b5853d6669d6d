import { z } from "zod";

/** Clients send null for "not set", as OpenAI's API allows, so every optional member takes it. */
const limit = z.number().int().min(1);
const flag = z.boolean().nullish();
const schemaOrText = z.union([z.string(), z.record(z.string(), z.unknown())]).nullish();

/** How the answer is drawn, told and ended: members that chat and legacy completions share. */
export const samplingMembers = {
  model: z.string().min(1).max(256),
  stream: flag,
  stream_options: z.strictObject({ include_usage: flag, include_obfuscation: flag }).nullish(),
  max_tokens: limit.nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  n: z.number().int().min(1).max(16).nullish(),
  stop: z.union([z.string(), z.array(z.string()).max(16)]).nullish(),
  seed: z.number().int().nullish(),
  presence_penalty: z.number().min(-2).max(2).nullish(),
  frequency_penalty: z.number().min(-2).max(2).nullish(),
  logit_bias: z.record(z.string(), z.number().min(-100).max(100)).nullish(),
  user: z.string().max(512).nullish(),
};

/**
 * Extensions that vLLM and its kin know. Not among them is what would reach beyond the caller's own call: another chat
 * template, a priority over others, a logits processor by name.
 */
export const engineMembers = {
  top_k: z.number().int().min(-1).nullish(),
  min_p: z.number().min(0).max(1).nullish(),
  repetition_penalty: z.number().gt(0).max(10).nullish(),
  length_penalty: z.number().min(-10).max(10).nullish(),
  min_tokens: z.number().int().min(0).nullish(),
  ignore_eos: flag,
  bad_words: z.array(z.string()).max(256).nullish(),
  allowed_token_ids: z.array(z.number().int().min(0)).max(4_096).nullish(),
  stop_token_ids: z.array(z.number().int()).max(64).nullish(),
  include_stop_str_in_output: flag,
  skip_special_tokens: flag,
  spaces_between_special_tokens: flag,
  truncate_prompt_tokens: z.number().int().min(-1).nullish(),
  return_tokens_as_token_ids: flag,
  guided_json: schemaOrText,
  guided_regex: z.string().max(65_536).nullish(),
  guided_choice: z.array(z.string()).min(1).max(1_024).nullish(),
  guided_grammar: z.string().max(262_144).nullish(),
  guided_whitespace_pattern: z.string().max(1_024).nullish(),
  structured_outputs: z
    .strictObject({
      json: schemaOrText,
      regex: z.string().max(65_536).nullish(),
      choice: z.array(z.string()).min(1).max(1_024).nullish(),
      grammar: z.string().max(262_144).nullish(),
      json_object: flag,
      disable_any_whitespace: flag,
      disable_additional_properties: flag,
      whitespace_pattern: z.string().max(1_024).nullish(),
      structural_tag: z.string().max(262_144).nullish(),
    })
    .nullish(),
};

export const tokenLimit = limit;
