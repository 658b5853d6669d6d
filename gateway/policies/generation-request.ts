import type { PromptSize } from "./hold-amount.ts";

/** A call to generate text, whichever of the two routes it came by. */
export interface GenerationRequest {
  /** Access name as called. */
  model: string;
  stream: boolean;
  /** Whether a streamed answer shall end with a usage chunk. */
  includeUsage: boolean;
  maxTokens: number | null;
  /** How many answers are asked for. */
  choices: number;
  /** Chat completion members that go on to the instance; not model, streaming, choices or the token limit. */
  params: Record<string, unknown>;
  size: PromptSize;
}

/** Members that are read here and mean nothing to an instance, or are none of its business (who the end user is). */
const notForwarded = new Set([
  "model",
  "stream",
  "stream_options",
  "max_tokens",
  "max_completion_tokens",
  "prompt",
  "suffix",
  "best_of",
  "n",
  "user",
  "metadata",
  "modalities",
  "store",
  "service_tier",
  "prompt_cache_key",
  "safety_identifier",
]);

/** The members of a parsed body that an instance is shown; null stands for "not set" and is left out. */
export function forwardedMembers(body: Record<string, unknown>): Record<string, unknown> {
  const members: Record<string, unknown> = {};
  for (const name in body) {
    const value = body[name];
    if (value !== null && value !== undefined && !notForwarded.has(name)) members[name] = value;
  }
  return members;
}
