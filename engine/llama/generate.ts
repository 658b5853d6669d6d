import { AppError } from "#lib/errors.ts";
import type { CompletionOptions, CompletionResult, TokenData } from "./binding.ts";
import type { AnswerParser } from "./chat-template.ts";
import { type Delta, isEmptyDelta } from "./output/delta.ts";
import type { OutputReader } from "./output/reader.ts";
import { TextReader } from "./output/text-reader.ts";
import { type ThinkingTags, ThinkSplitter } from "./output/think-splitter.ts";
import { ToolReader } from "./output/tool-reader.ts";
import type { LoadableState, PromptCache, StateToSave } from "./prompt-cache.ts";
import type { Prompt } from "./prompts.ts";
import { type Sampling, toCompletionOptions } from "./sampling.ts";
import type { Slots } from "./slots.ts";

export interface GenerateRequest {
  prompt: Prompt;
  sampling: Sampling;
  /** Null: as many as the context leaves. */
  maxTokens: number | null;
  stops: readonly string[];
  /** What the answer is held to; it has passed checkGrammar. */
  grammar: string | null;
  /** How the answer's calls are read; null without tools. */
  parser: AnswerParser | null;
  /** The tags between which the model thinks; null where it does not. */
  thinking: (ThinkingTags & { isOpen: boolean }) | null;
  /** Whether thoughts are parted from the answer. */
  thoughtsApart: boolean;
  /** Tokens after which the model must stop thinking. */
  thinkingBudget: number | null;
  /** Prompts are reused within one scope only. */
  cacheScope: string;
  /** Ends the generation within one token; the promise then rejects with the signal's reason. */
  signal: AbortSignal;
  /** Called for each piece, never empty, always whole characters. `completionTokens` counts all tokens up to here. */
  onDelta(delta: Delta, completionTokens: number): void;
}

export interface GenerateResult {
  finishReason: "stop" | "length" | "tool_calls";
  completionTokens: number;
  /** Prompt tokens that were still known. */
  cachedTokens: number;
  promptMs: number;
  predictedMs: number;
}

/** Files of slot states; null: none. */
interface StatePaths {
  load: string | null;
  save: string | null;
}

export interface GeneratorParts {
  slots: Slots;
  contextTokens: number;
  cache: PromptCache | null;
}

/** Generates one answer, from the state of an earlier one where that agrees with the prompt's beginning. */
export async function generate(parts: GeneratorParts, request: GenerateRequest): Promise<GenerateResult> {
  const cache = request.prompt.images.length === 0 ? parts.cache : null;
  const states: { known: LoadableState | null; toSave: StateToSave | null } = { known: null, toSave: null };
  // Not before there is a slot: each is an open file.
  const withCache = (): StatePaths => {
    states.known = cache?.find(request.prompt.tokens, request.cacheScope) ?? null;
    states.toSave = cache?.reserve(request.prompt.tokens.length, request.cacheScope) ?? null;
    return { load: states.known?.path ?? null, save: states.toSave?.path ?? null };
  };
  try {
    let result = await new Generation(parts, request).run(withCache);
    if (result === null && states.known !== null) {
      states.known.drop();
      result = await new Generation(parts, request).run(() => ({ load: null, save: states.toSave?.path ?? null }));
    }
    if (result === null) throw failed();
    states.toSave?.keep();
    return result;
  } catch (error) {
    states.toSave?.discard();
    throw error;
  } finally {
    states.known?.release();
  }
}

class Generation {
  readonly #parts: GeneratorParts;
  readonly #request: GenerateRequest;
  readonly #reader: OutputReader;
  #tokens = 0;
  #called = false;
  #failure: unknown = null;

  constructor(parts: GeneratorParts, request: GenerateRequest) {
    this.#parts = parts;
    this.#request = request;
    const { stops, thinking, thoughtsApart, parser } = request;
    const splitter = thinking && thoughtsApart ? new ThinkSplitter(thinking, thinking.isOpen) : null;
    this.#reader = parser ? new ToolReader(stops) : new TextReader(stops, splitter);
  }

  /** Null where the binding gave up before the first token. */
  async run(paths: () => StatePaths): Promise<GenerateResult | null> {
    const { signal } = this.#request;
    const takeToken = (data: TokenData, stop: () => void) => {
      if (this.#failure !== null || signal.aborted) return;
      try {
        this.#tokens++;
        this.#emit(this.#reader.push(data));
      } catch (error) {
        this.#failure = error ?? new Error("failed");
        stop();
      }
    };
    const running = await this.#parts.slots.start(
      () => this.#options(paths()),
      (data, { stop }) => takeToken(data, stop),
      signal,
    );
    signal.addEventListener("abort", running.stop, { once: true });
    try {
      if (signal.aborted) running.stop();
      const result = await running.promise;
      signal.throwIfAborted();
      if (this.#failure !== null) throw this.#failure;
      return this.#summarize(result);
    } catch (error) {
      if (this.#failure !== null) throw this.#failure;
      signal.throwIfAborted();
      throw error;
    } finally {
      signal.removeEventListener("abort", running.stop);
    }
  }

  #emit(delta: Delta): void {
    if (isEmptyDelta(delta)) return;
    this.#called ||= Boolean(delta.toolCalls?.length);
    this.#request.onDelta(delta, this.#tokens);
  }

  #summarize(result: CompletionResult): GenerateResult | null {
    const isStopped = result.stopped_eos || result.stopped_word;
    if (!isStopped && !result.stopped_limit && !result.context_full) {
      if (this.#tokens === 0) return null;
      throw failed();
    }
    this.#emit(this.#reader.finish(result));
    const { cache_n: cachedTokens, prompt_ms: promptMs, predicted_ms: predictedMs } = result.timings;
    const finishReason = !isStopped ? "length" : this.#called ? "tool_calls" : "stop";
    return { finishReason, completionTokens: this.#tokens, cachedTokens, promptMs, predictedMs };
  }

  #options({ load, save }: StatePaths): CompletionOptions {
    const { prompt, sampling, maxTokens, stops, grammar, parser } = this.#request;
    const { contextTokens } = this.#parts;
    const room = contextTokens - prompt.tokens.length;
    return {
      ...toCompletionOptions(prompt.text, sampling, Math.min(maxTokens ?? room, room), contextTokens),
      // The binding ends the answer; its text is cut by the reader.
      stop: stops,
      ...(prompt.images.length > 0 ? { media_paths: prompt.images } : {}),
      ...(grammar === null ? {} : { grammar }),
      ...parserOptions(parser),
      ...budgetOptions(this.#request),
      ...(load === null ? {} : { load_state_path: load }),
      ...(save === null ? {} : { save_state_path: save }),
    };
  }
}

function parserOptions(answerParser: AnswerParser | null): Partial<CompletionOptions> {
  if (answerParser === null) return {};
  const { format, parser, generationPrompt, reasoningFormat } = answerParser;
  return { chat_format: format, chat_parser: parser, generation_prompt: generationPrompt, reasoning_format: reasoningFormat };
}

/** The binding learns from what precedes the answer whether the thoughts are open already. */
function budgetOptions({ thinking, thinkingBudget, parser }: GenerateRequest): Partial<CompletionOptions> {
  if (thinking === null || thinkingBudget === null) return {};
  const { start, end, isOpen } = thinking;
  return {
    thinking_budget_tokens: thinkingBudget,
    thinking_start_tag: start,
    thinking_end_tag: end,
    ...(isOpen && parser === null ? { generation_prompt: start } : {}),
  };
}

function failed(): AppError {
  return new AppError("internal_error", "The engine failed while it worked on this request. Try again.", {
    cause: new Error("llama.cpp could not decode the batch"),
  });
}
