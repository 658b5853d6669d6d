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

/** Not the members that are read here and mean nothing to an instance, or are none of its business (who the end user is). */
function isForwarded(name: string): boolean {
  switch (name) {
    case "model":
    case "stream":
    case "stream_options":
    case "max_tokens":
    case "max_completion_tokens":
    case "prompt":
    case "suffix":
    case "best_of":
    case "n":
    case "user":
    case "metadata":
    case "modalities":
    case "store":
    case "service_tier":
    case "prompt_cache_key":
    case "safety_identifier":
      return false;
    default:
      return true;
  }
}

/** The members of a parsed body that an instance is shown; null stands for "not set" and is left out. */
export function forwardedMembers(body: Record<string, unknown>): Record<string, unknown> {
  const members: Record<string, unknown> = {};
  for (const name in body) {
    const value = body[name];
    if (value !== null && value !== undefined && isForwarded(name)) members[name] = value;
  }
  return members;
}
