import type { ChatChunk, ChunkChoice } from "#lib/contracts/openai/chunk.ts";
import { upstreamFailure } from "./failure.ts";
import { withoutToken } from "./redact.ts";

/**
 * One event of an engine's stream. Throws an UpstreamFailure where it is no chunk, or the engine reports an error in it.
 * @param token that the engine was shown, and must not be found in a log
 */
export function readChunk(text: string, token: string | null): ChatChunk {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw upstreamFailure("upstream_invalid_response", "other", cause);
  }
  if (typeof value !== "object" || value === null) throw upstreamFailure("upstream_invalid_response", "other");
  if ("error" in value && value.error) {
    throw upstreamFailure("upstream_error", "any", new Error(`error event: ${withoutToken(text, token).slice(0, 500)}`));
  }
  const chunk = value as ChatChunk;
  if (!Array.isArray(chunk.choices) || !chunk.choices.every(isChoice)) throw upstreamFailure("upstream_invalid_response", "other");
  return chunk;
}

function isChoice(choice: unknown): boolean {
  if (typeof choice !== "object" || choice === null) return false;
  const { delta, finish_reason: finish } = choice as Record<string, unknown>;
  if (delta !== undefined && (typeof delta !== "object" || delta === null)) return false;
  return finish === undefined || finish === null || typeof finish === "string";
}

/** Whether a choice carries something of the answer: text, reasoning, a refusal or a tool call. Roles alone do not. */
export function hasOutput(choice: ChunkChoice): boolean {
  const { delta } = choice;
  if (!delta) return false;
  return Boolean(delta.content || delta.reasoning_content || delta.reasoning || delta.refusal || delta.tool_calls?.length);
}
