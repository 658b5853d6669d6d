import type { ServerResponse } from "node:http";
import { toAppError } from "#lib/errors.ts";
import { EventStream } from "../http/event-stream.ts";
import { ClientGone, type Exchange } from "../http/exchange.ts";
import { sendJson } from "../http/reply.ts";
import type { GenerateResult, LlamaEngine, Prompt } from "../llama/engine.ts";
import type { Sampling } from "../llama/sampling.ts";
import type { StreamOptions } from "../schemas/generation.ts";
import type { AnswerShape } from "../shapes/answer.ts";
import { usageOf } from "../shapes/usage.ts";

export interface Generation {
  prompt: Prompt;
  sampling: Sampling;
  /** Null: as many as the context leaves. */
  maxTokens: number | null;
  stops: readonly string[];
  /** Null: one whole body. */
  stream: StreamOptions | null;
}

/** Generates and answers, streamed or whole. Throws what stood in the way before the answer began. */
export async function answerGeneration(engine: LlamaEngine, exchange: Exchange, generation: Generation, shape: AnswerShape): Promise<void> {
  const { stream } = generation;
  exchange.note({ promptTokens: generation.prompt.tokens, streamed: stream !== null });
  const result = stream
    ? await streamAnswer(engine, exchange, generation, stream, shape)
    : await wholeAnswer(engine, exchange, generation, shape);
  if (result) exchange.note({ completionTokens: result.completionTokens, finishReason: result.finishReason });
}

async function wholeAnswer(
  engine: LlamaEngine,
  { response, signal }: Exchange,
  generation: Generation,
  shape: AnswerShape,
): Promise<GenerateResult> {
  let text = "";
  const onText = (piece: string) => {
    text += piece;
  };
  const result = await engine.generate({ ...generation, signal, onText });
  const usage = usageOf(generation.prompt.tokens, result.completionTokens, result.cachedTokens);
  sendJson(response, 200, shape.whole(text, result.finishReason, usage));
  return result;
}

/** Null where the answer broke off after it had begun; its client was told so in the stream. */
async function streamAnswer(
  engine: LlamaEngine,
  exchange: Exchange,
  generation: Generation,
  options: StreamOptions,
  shape: AnswerShape,
): Promise<GenerateResult | null> {
  const { response, signal } = exchange;
  const events = new EventStream(response);
  const send = (chunk: object, completionTokens: number) => {
    if (options.usageOnEachChunk) events.send({ ...chunk, usage: usageOf(generation.prompt.tokens, completionTokens, 0) });
    else events.send(options.usageAtEnd ? { ...chunk, usage: null } : chunk);
  };
  const open = () => {
    const opening = events.begun ? null : shape.opening();
    if (opening) send(opening, 0);
  };
  let sentTokens = 0;
  const onText = (text: string, completionTokens: number) => {
    open();
    send(shape.delta(text), completionTokens);
    sentTokens = completionTokens;
  };
  try {
    const result = await engine.generate({ ...generation, signal, onText });
    open();
    send(shape.finish(result.finishReason), result.completionTokens);
    if (options.usageAtEnd) {
      const usage = usageOf(generation.prompt.tokens, result.completionTokens, result.cachedTokens);
      events.send({ ...shape.closing(), usage });
    }
    events.done();
    return result;
  } catch (thrown) {
    exchange.note({ completionTokens: sentTokens });
    return breakOff(exchange, events, response, thrown);
  }
}

function breakOff(exchange: Exchange, events: EventStream, response: ServerResponse, thrown: unknown): null {
  if (thrown instanceof ClientGone || !events.begun || response.destroyed) throw thrown;
  const error = toAppError(thrown);
  exchange.note({ code: error.code });
  events.fail(error);
  return null;
}
