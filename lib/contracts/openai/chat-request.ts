import { z } from "zod";
import { samplingMembers, tokenLimit } from "./sampling.ts";

const partTypes = ["text", "image_url", "refusal", "input_audio"] as const;
const contentPart = z.looseObject({ type: z.enum(partTypes), text: z.string().optional() });

/** Clients echo our own answers back, so a message may hold members that nobody here knows. */
export const chatMessage = z.looseObject({
  role: z.enum(["system", "developer", "user", "assistant", "tool", "function"]),
  content: z.union([z.string(), z.array(contentPart)]).nullish(),
});
export type ChatMessage = z.infer<typeof chatMessage>;

const tool = z.looseObject({ type: z.string(), function: z.looseObject({ name: z.string().min(1).max(256) }).optional() });

/** `POST /v1/chat/completions`; unknown members are refused here, at the top level only. */
export const chatRequest = z.strictObject({
  ...samplingMembers,
  messages: z.array(chatMessage).min(1),
  max_completion_tokens: tokenLimit.nullish(),
  logprobs: z.boolean().nullish(),
  top_logprobs: z.number().int().min(0).max(20).nullish(),
  tools: z.array(tool).max(1024).nullish(),
  tool_choice: z.union([z.enum(["none", "auto", "required"]), z.looseObject({ type: z.string() })]).nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  response_format: z.looseObject({ type: z.enum(["text", "json_object", "json_schema"]) }).nullish(),
  reasoning_effort: z.enum(["none", "minimal", "low", "medium", "high", "xhigh"]).nullish(),
  chat_template_kwargs: z.record(z.string(), z.unknown()).nullish(),
  metadata: z.record(z.string(), z.string()).nullish(),
  store: z.boolean().nullish(),
  service_tier: z.string().max(64).nullish(),
  prompt_cache_key: z.string().max(512).nullish(),
  safety_identifier: z.string().max(512).nullish(),
});
export type ChatRequest = z.infer<typeof chatRequest>;
