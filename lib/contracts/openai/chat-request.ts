import { z } from "zod";
import { engineMembers, samplingMembers, tokenLimit } from "./sampling.ts";

const partTypes = ["text", "image_url", "refusal", "input_audio"] as const;
const contentPart = z.looseObject({ type: z.enum(partTypes), text: z.string().optional() });
const flag = z.boolean().nullish();

/** Clients echo our own answers back, so a message may hold members that nobody here knows. */
export const chatMessage = z.looseObject({
  role: z.enum(["system", "developer", "user", "assistant", "tool", "function"]),
  content: z.union([z.string(), z.array(contentPart)]).nullish(),
});
export type ChatMessage = z.infer<typeof chatMessage>;

const named = z.looseObject({ name: z.string().min(1).max(256) });
const tool = z.looseObject({ type: z.string(), function: named.optional() });
const responseFormat = z.discriminatedUnion("type", [
  z.looseObject({ type: z.literal("text") }),
  z.looseObject({ type: z.literal("json_object") }),
  z.looseObject({
    type: z.literal("json_schema"),
    json_schema: z.looseObject({
      name: z.string().min(1).max(256),
      description: z.string().nullish(),
      schema: z.record(z.string(), z.unknown()).nullish(),
      strict: flag,
    }),
  }),
]);

/** `POST /v1/chat/completions`; unknown members are refused here, at the top level only. */
export const chatRequest = z.strictObject({
  ...samplingMembers,
  ...engineMembers,
  messages: z.array(chatMessage).min(1),
  max_completion_tokens: tokenLimit.nullish(),
  logprobs: flag,
  top_logprobs: z.number().int().min(0).max(20).nullish(),
  tools: z.array(tool).max(1024).nullish(),
  tool_choice: z.union([z.enum(["none", "auto", "required"]), z.looseObject({ type: z.string() })]).nullish(),
  parallel_tool_calls: flag,
  response_format: responseFormat.nullish(),
  modalities: z.array(z.literal("text")).nullish(),
  reasoning_effort: z.enum(["none", "minimal", "low", "medium", "high", "xhigh"]).nullish(),
  include_reasoning: flag,
  documents: z.array(z.record(z.string(), z.unknown())).max(1024).nullish(),
  chat_template_kwargs: z.record(z.string(), z.unknown()).nullish(),
  add_generation_prompt: flag,
  continue_final_message: flag,
  add_special_tokens: flag,
  echo: flag,
  metadata: z.record(z.string(), z.string()).nullish(),
  store: flag,
  service_tier: z.string().max(64).nullish(),
  prompt_cache_key: z.string().max(512).nullish(),
  safety_identifier: z.string().max(512).nullish(),
});
export type ChatRequest = z.infer<typeof chatRequest>;
