import { toAppError } from "#lib/errors.ts";
import { EventStream } from "../http/event-stream.ts";
import { ClientGone, type Exchange } from "../http/exchange.ts";
import { sendJson } from "../http/reply.ts";
import type { LlamaEngine } from "../llama/engine.ts";
import type { GenerateRequest, GenerateResult } from "../llama/generate.ts";
import type { Delta } from "../llama/output/delta.ts";
import type { EngineMetrics } from "../metrics.ts";
import type { StreamOptions } from "../schemas/generation.ts";
import type { AnswerShape, Choice } from "../shapes/answer.ts";
import { type Usage, usageOf } from "../shapes/usage.ts";

export interface Generation extends Omit<GenerateRequest, "signal" | "onDelta"> {
  /** How many answers to the one prompt. */
  answers: number;
  /** Null: one whole body. */
  stream: StreamOptions | null;
}

type Listener = (index: number, delta: Delta, completionTokens: number) => void;

/** Generates and answers, streamed or whole. Throws what stood in the way before the answer began. */
export async function answerGeneration(
  engine: LlamaEngine,
  metrics: EngineMetrics,
  exchange: Exchange,
  generation: Generation,
  shape: AnswerShape,
): Promise<void> {
  const leave = engine.admit(generation.answers);
  exchange.note({ promptTokens: generation.prompt.tokens.length, streamed: generation.stream !== null });
  const generateAll = async (listener: Listener) => {
    const results = await runAll(engine, exchange.signal, generation, listener);
    for (const result of results) metrics.addAnswer(generation.prompt.tokens.length, result);
    return results;
  };
  try {
    const answer = generation.stream ? streamAnswers : wholeAnswers;
    const results = await answer(exchange, generation, shape, generateAll);
    const completionTokens = results.reduce((sum, result) => sum + result.completionTokens, 0);
    if (results[0]) exchange.note({ completionTokens, finishReason: results[0].finishReason, cachedTokens: results[0].cachedTokens });
  } finally {
    leave();
  }
}

/** All answers side by side; the first that fails ends the others. */
async function runAll(engine: LlamaEngine, left: AbortSignal, generation: Generation, listener: Listener): Promise<GenerateResult[]> {
  const failed = new AbortController();
  const signal = generation.answers === 1 ? left : AbortSignal.any([left, failed.signal]);
  const running = Array.from({ length: generation.answers }, (_, index) =>
    engine.generate({
      ...generation,
      sampling: { ...generation.sampling, seed: generation.sampling.seed === null ? null : generation.sampling.seed + index },
      signal,
      onDelta: (delta, completionTokens) => listener(index, delta, completionTokens),
    }),
  );
  try {
    return await Promise.all(running);
  } catch (error) {
    failed.abort(error);
    await Promise.allSettled(running);
    throw error;
  }
}

type Answer = (
  exchange: Exchange,
  generation: Generation,
  shape: AnswerShape,
  generateAll: (listener: Listener) => Promise<GenerateResult[]>,
) => Promise<GenerateResult[]>;

const wholeAnswers: Answer = async ({ response }, generation, shape, generateAll) => {
  const choices: Choice[] = Array.from({ length: generation.answers }, () => ({
    content: "",
    reasoning: "",
    toolCalls: [],
    finishReason: "stop",
  }));
  const results = await generateAll((index, delta) => {
    const choice = choices[index];
    if (choice) append(choice, delta);
  });
  const finished = choices.map((choice, index) => ({ ...choice, finishReason: results[index]?.finishReason ?? "stop" }));
  sendJson(response, 200, shape.whole(finished, usageOfAll(generation, results)));
  return results;
};

function append(choice: Choice, { content = "", reasoning = "", toolCalls = [] }: Delta): void {
  choice.content += content;
  choice.reasoning += reasoning;
  for (const { index, id, name, arguments: text } of toolCalls) {
    const known = choice.toolCalls[index];
    if (known) known.arguments += text;
    else choice.toolCalls.push({ id: id ?? "", name: name ?? "", arguments: text });
  }
}

/** Gives nothing where the answer broke off after it had begun; its client was told so in the stream. */
const streamAnswers: Answer = async (exchange, generation, shape, generateAll) => {
  const { response } = exchange;
  const options = generation.stream ?? { usageAtEnd: false, usageOnEachChunk: false };
  const events = new EventStream(response);
  const promptTokens = generation.prompt.tokens.length;
  const tokens: number[] = Array(generation.answers).fill(0);
  const opened = new Set<number>();
  const sentTokens = () => tokens.reduce((sum, count) => sum + count, 0);
  const send = (chunk: object) => {
    if (options.usageOnEachChunk) events.send({ ...chunk, usage: usageOf(promptTokens, sentTokens(), 0) });
    else events.send(options.usageAtEnd ? { ...chunk, usage: null } : chunk);
  };
  const open = (index: number) => {
    const opening = opened.has(index) ? null : shape.opening(index);
    opened.add(index);
    if (opening) send(opening);
  };
  try {
    const results = await generateAll((index, delta, completionTokens) => {
      open(index);
      tokens[index] = completionTokens;
      send(shape.delta(index, delta));
    });
    results.forEach(({ finishReason, completionTokens }, index) => {
      open(index);
      tokens[index] = completionTokens;
      send(shape.finish(index, finishReason));
    });
    if (options.usageAtEnd) events.send({ ...shape.closing(), usage: usageOfAll(generation, results) });
    events.done();
    return results;
  } catch (thrown) {
    exchange.note({ completionTokens: sentTokens() });
    return breakOff(exchange, events, thrown);
  }
};

/** The prompt counts once, however many answers it has. */
function usageOfAll({ prompt }: Generation, results: readonly GenerateResult[]): Usage {
  const completionTokens = results.reduce((sum, result) => sum + result.completionTokens, 0);
  return usageOf(prompt.tokens.length, completionTokens, results[0]?.cachedTokens ?? 0);
}

function breakOff({ response, note }: Exchange, events: EventStream, thrown: unknown): [] {
  if (thrown instanceof ClientGone || !events.begun || response.destroyed) throw thrown;
  const error = toAppError(thrown);
  note({ code: error.code });
  events.fail(error);
  return [];
}
