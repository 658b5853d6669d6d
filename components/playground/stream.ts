import { EventSourceParserStream } from "eventsource-parser/stream";
import * as z from "zod/mini";
import { ApiError, readError } from "#components/ui/api.ts";
import type { TrialInput } from "#lib/contracts/trial.ts";

/** What arrives while a model answers. */
export type TrialEvent =
  /** The gateway has taken the call up under this id. */
  | { type: "begin"; requestId: string }
  | { type: "text"; text: string }
  | { type: "reasoning"; text: string }
  | { type: "finish"; reason: string }
  | { type: "usage"; inputTokens: number; outputTokens: number };

const chunk = z.object({
  error: z.optional(z.object({ code: z.optional(z.nullable(z.string())), message: z.string() })),
  choices: z.optional(
    z.array(
      z.object({
        delta: z.optional(
          z.object({ content: z.nullish(z.string()), reasoning_content: z.nullish(z.string()), reasoning: z.nullish(z.string()) }),
        ),
        finish_reason: z.nullish(z.string()),
      }),
    ),
  ),
  usage: z.nullish(z.object({ prompt_tokens: z.number(), completion_tokens: z.number() })),
});

/**
 * Asks `/api/trial` and yields what arrives. Throws ApiError where the call was refused or the stream broke; a stream that
 * ends without `[DONE]` counts as broken, so a cut answer never looks whole. A connection that breaks while the browser
 * is offline is the network's doing (`network_lost`), else the instance's (`upstream_stream_interrupted`).
 */
export async function* streamTrial(input: TrialInput, signal: AbortSignal): AsyncGenerator<TrialEvent> {
  const response = await fetch("/api/trial", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(input),
    signal,
  }).catch((cause: unknown) => {
    if (signal.aborted) throw cause;
    throw new ApiError(0, { code: "network", message: "The console cannot be reached." });
  });
  if (!response.ok) throw await readError(response);
  const requestId = response.headers.get("x-request-id") ?? "";
  if (requestId) yield { type: "begin", requestId };
  const interrupted = () => new ApiError(502, { code: "upstream_stream_interrupted", message: "The answer was cut off.", requestId });
  const lost = () => (navigator.onLine ? interrupted() : new ApiError(0, { code: "network_lost", message: "The network was lost." }));
  if (!response.body) throw interrupted();
  const events = response.body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
  const reader = events.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((cause: unknown) => {
        if (signal.aborted) throw cause;
        throw lost();
      });
      if (done) throw interrupted();
      if (value.data === "[DONE]") return;
      yield* readChunk(value.data, requestId);
    }
  } finally {
    void reader.cancel().catch(() => {});
  }
}

function* readChunk(data: string, requestId: string): Generator<TrialEvent> {
  const { error, choices = [], usage } = chunk.parse(JSON.parse(data));
  if (error) throw new ApiError(502, { code: error.code ?? "upstream_error", message: error.message, requestId });
  for (const { delta, finish_reason } of choices) {
    const reasoning = delta?.reasoning_content || delta?.reasoning;
    if (reasoning) yield { type: "reasoning", text: reasoning };
    if (delta?.content) yield { type: "text", text: delta.content };
    if (finish_reason) yield { type: "finish", reason: finish_reason };
  }
  if (usage) yield { type: "usage", inputTokens: usage.prompt_tokens, outputTokens: usage.completion_tokens };
}
