import type { WallScript } from "./script.ts";

export interface WallEvent {
  bytes: Buffer;
  /** Tokens that this event carries. */
  tokens: number;
}

export interface EventFacts {
  model: string;
  promptTokens: number;
  continuousUsage: boolean;
  /** Default 1. */
  choices?: number;
}

/** The tokens of an answer: `t1 t2 …`, so that a gap or a double shows. */
export function tokensOf(script: WallScript): string[] {
  return script.text ?? Array.from({ length: script.tokens }, (_, index) => `t${index + 1} `.padEnd(script.tokenLength, "."));
}

/** A whole answer as an engine of today streams it: role, reasoning, text or tool calls, finish, usage, `[DONE]`. */
export function wallEvents(script: WallScript, facts: EventFacts): WallEvent[] {
  let emitted = 0;
  const details = {
    ...(script.cached > 0 ? { prompt_tokens_details: { cached_tokens: script.cached } } : {}),
    ...(script.reasoning.length > 0 ? { completion_tokens_details: { reasoning_tokens: script.reasoning.length } } : {}),
  };
  const usage = () => ({
    prompt_tokens: facts.promptTokens,
    completion_tokens: emitted,
    total_tokens: facts.promptTokens + emitted,
    ...details,
  });
  const event = (delta: object, tokens: number, finish: string | null = null, index = 0): WallEvent => {
    emitted += tokens;
    return sse(
      {
        id: "wall-1",
        object: "chat.completion.chunk",
        created: 1,
        model: facts.model,
        wall_extra: { kept: true },
        choices: [{ index, delta, finish_reason: finish }],
        ...(facts.continuousUsage ? { usage: usage() } : {}),
      },
      tokens,
    );
  };
  const events = [event({ role: "assistant", content: "" }, 0)];
  for (const piece of script.reasoning) events.push(event({ reasoning_content: piece }, 1));
  const indexes = Array.from({ length: facts.choices ?? 1 }, (_, index) => index);
  for (const token of tokensOf(script)) for (const index of indexes) events.push(event({ content: token }, 1, null, index));
  if (script.toolCalls) {
    events.push(event({ tool_calls: [{ index: 0, id: "call_1", type: "function", function: { name: "lookup", arguments: "" } }] }, 1));
    for (const piece of ['{"city":', '"Paris"}']) events.push(event({ tool_calls: [{ index: 0, function: { arguments: piece } }] }, 1));
  }
  for (const index of indexes) events.push(event({}, 0, script.toolCalls ? "tool_calls" : script.finish, index));
  if (script.usage) {
    events.push(sse({ id: "wall-1", object: "chat.completion.chunk", created: 1, model: facts.model, choices: [], usage: usage() }, 0));
  }
  events.push({ bytes: Buffer.from("data: [DONE]\n\n"), tokens: 0 });
  return events;
}

function sse(data: object, tokens: number): WallEvent {
  return { bytes: Buffer.from(`data: ${JSON.stringify(data)}\n\n`), tokens };
}
