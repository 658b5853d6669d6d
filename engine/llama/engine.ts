import { setTimeout as sleep } from "node:timers/promises";
import { AppError } from "#lib/errors.ts";
import type { BindingContext, CompletionResult, LlamaBinding } from "./binding.ts";
import { type ControlTexts, createControlTexts } from "./control-texts.ts";
import type { Sampling } from "./sampling.ts";
import { toCompletionOptions } from "./sampling.ts";
import { StopScanner } from "./stop-scanner.ts";
import { type Vocabulary, WeightsError } from "./weights-header.ts";

const releaseMs = 2_000;

export interface EngineOptions {
  model: string;
  /** Tokens of one request, prompt and answer together. */
  contextTokens: number;
  /** Requests that generate at the same time. */
  parallel: number;
  /** Requests that may wait beyond those. */
  queue: number;
  threads: number;
}

export interface ChatMessage {
  role: "system" | "user" | "assistant";
  content: string;
}

export interface Prompt {
  text: string;
  tokens: number;
}

export interface GenerateRequest {
  prompt: Prompt;
  sampling: Sampling;
  /** Null: as many as the context leaves. */
  maxTokens: number | null;
  stops: readonly string[];
  /** Ends the generation within one token; the promise then rejects with the signal's reason. */
  signal: AbortSignal;
  /** Called for each piece of text, never empty, always whole characters. `completionTokens` counts all tokens up to here. */
  onText(text: string, completionTokens: number): void;
}

export interface GenerateResult {
  finishReason: "stop" | "length";
  completionTokens: number;
  /** Prompt tokens that were still in the slot's cache. */
  cachedTokens: number;
}

/** The template engine's time grows with the square of the messages: these take about 0.7 s, in which nothing else is served. */
const maxMessages = 2048;

/** llama.cpp with its slots: one loaded model. */
export class LlamaEngine {
  readonly contextTokens: number;
  readonly #context: BindingContext;
  readonly #controlTexts: ControlTexts;
  readonly #longestTokenBytes: number;
  /** Tokens that the chat template puts around each message. */
  readonly #messageTokens: number;
  readonly #capacity: number;
  #running = 0;

  private constructor(context: BindingContext, vocabulary: Vocabulary, messageTokens: number, options: EngineOptions) {
    this.#context = context;
    this.#messageTokens = messageTokens;
    this.#controlTexts = createControlTexts(vocabulary.controlTexts);
    this.#longestTokenBytes = vocabulary.longestBytes;
    this.contextTokens = options.contextTokens;
    this.#capacity = options.parallel + options.queue;
  }

  /** Loads the weights; blocks the event loop meanwhile, because the binding does. Throws {@link WeightsError}. */
  static async load(binding: LlamaBinding, vocabulary: Vocabulary, options: EngineOptions): Promise<LlamaEngine> {
    const reasons: string[] = [];
    const listener = binding.addNativeLogListener((level, text) => {
      if (level === "error") reasons.push(text.trim());
    });
    await binding.toggleNativeLog(true);
    try {
      const context = await binding.loadModel({
        model: options.model,
        n_ctx: options.contextTokens * options.parallel,
        n_parallel: options.parallel,
        n_threads: options.threads,
        n_gpu_layers: 0,
        use_mlock: false,
        ctx_shift: false,
      });
      await context.parallel.enable({ n_parallel: options.parallel, n_batch: 512 });
      return new LlamaEngine(context, vocabulary, await tokensAroundMessage(context), options);
    } catch (error) {
      // The listener is called later, on the event loop.
      await new Promise((resolve) => setTimeout(resolve, 50));
      const reason = reasons[0] ?? (error instanceof Error ? error.message : String(error));
      throw new WeightsError(`weights cannot be loaded: ${options.model}: ${reason}`, { cause: error });
    } finally {
      await binding.toggleNativeLog(false);
      listener.remove();
    }
  }

  /** How many slots work and how many requests wait for one, as llama.cpp sees it at this moment. */
  slots(): { total: number; busy: number; queued: number } {
    const status = this.#context.parallel.getStatus();
    return { total: status.n_parallel, busy: status.active_slots, queued: status.queued_requests };
  }

  async tokenize(text: string): Promise<Int32Array> {
    if (text === "") return new Int32Array();
    return (await this.#context.tokenize(text)).tokens;
  }

  /** Applies the model's chat template. Throws AppError where the template refuses the messages or they do not fit. */
  async chatPrompt(messages: readonly ChatMessage[], param = "messages"): Promise<Prompt> {
    const bytes = messages.reduce((sum, message) => sum + Buffer.byteLength(message.content), 0);
    if (messages.length > maxMessages) {
      throw new AppError("request_too_complex", `A request may have at most ${maxMessages} messages.`, { param });
    }
    this.#refuseHopeless(Math.ceil(bytes / this.#longestTokenBytes) + messages.length * this.#messageTokens, param);
    const disarmed = messages.map(({ role, content }) => ({ role, content: this.#controlTexts.disarm(content) }));
    let text: string;
    try {
      text = formatChat(this.#context, disarmed);
    } catch (error) {
      throw new AppError("invalid_value", "The model's chat template refuses these messages.", { param, cause: error });
    }
    return this.#fit(text, param);
  }

  /**
   * The prompt of a text completion. A chat model knows nothing but conversations, so plain text is asked as a user's message;
   * text with control symbols in it has been formatted by its sender and is taken as it is.
   */
  async textPrompt(text: string): Promise<Prompt> {
    const isChatModel = this.#context.getModelInfo().metadata["tokenizer.chat_template"] !== undefined;
    if (isChatModel && !this.#controlTexts.found(text)) return this.chatPrompt([{ role: "user", content: text }], "prompt");
    this.#refuseHopeless(Math.ceil(Buffer.byteLength(text) / this.#longestTokenBytes), "prompt");
    return this.#fit(text, "prompt");
  }

  /** Generates one answer. Throws AppError `instance_overloaded` when the queue is full. */
  async generate(request: GenerateRequest): Promise<GenerateResult> {
    request.signal.throwIfAborted();
    if (this.#running >= this.#capacity) {
      throw new AppError("instance_overloaded", "All slots of this instance are busy and its queue is full. Try again shortly.", {
        retryAfterSeconds: 1,
      });
    }
    this.#running++;
    try {
      return await this.#run(request);
    } finally {
      this.#running--;
    }
  }

  /**
   * Frees the model once llama.cpp has put down what it was told to stop; frees it anyway after two seconds. Freed under
   * a thread that still decodes, it would crash the process.
   */
  async release(): Promise<void> {
    const end = performance.now() + releaseMs;
    while (this.#isWorking() && performance.now() < end) await sleep(5);
    this.#context.parallel.disable();
    await this.#context.release();
  }

  #isWorking(): boolean {
    const { busy, queued } = this.slots();
    return this.#running + busy + queued > 0;
  }

  async #run(request: GenerateRequest): Promise<GenerateResult> {
    const { prompt, sampling, signal, onText } = request;
    const room = this.contextTokens - prompt.tokens;
    const options = toCompletionOptions(prompt.text, sampling, Math.min(request.maxTokens ?? room, room), this.contextTokens);
    const scanner = new StopScanner(request.stops);
    const progress = { tokens: 0, reachedStop: false, failure: null as unknown };
    const takeToken = (piece: string): void => {
      if (progress.reachedStop || progress.failure !== null || signal.aborted) return;
      progress.tokens++;
      // A token that ends inside a character comes with no text; the text follows with the token that completes it.
      if (piece === "") return;
      const { text, stopped } = scanner.push(piece);
      progress.reachedStop = stopped;
      if (text !== "") onText(text, progress.tokens);
      if (stopped) pending.stop();
    };
    const pending = await this.#context.parallel.completion(options, (_requestId, data) => {
      try {
        takeToken(data.token);
      } catch (error) {
        progress.failure = error ?? new Error("failed");
        pending.stop();
      }
    });
    const stop = () => pending.stop();
    signal.addEventListener("abort", stop, { once: true });
    try {
      // No token can arrive before this line: they come through the event loop.
      if (signal.aborted) stop();
      const result = await pending.promise;
      const rest = scanner.flush();
      if (rest !== "") onText(rest, progress.tokens);
      return summarize(result, progress.tokens);
    } catch (error) {
      if (progress.failure !== null) throw progress.failure;
      signal.throwIfAborted();
      if (progress.reachedStop) return { finishReason: "stop", completionTokens: progress.tokens, cachedTokens: 0 };
      throw error;
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }

  /** Counts a formatted prompt; it must leave room for at least one token of answer. */
  async #fit(text: string, param: string): Promise<Prompt> {
    const tokens = (await this.tokenize(text)).length;
    if (tokens >= this.contextTokens) throw tooLong(this.contextTokens, String(tokens), param);
    return { text, tokens };
  }

  /** Formatting and tokenizing take long for what is huge; what cannot fit by its size alone is refused unread. */
  #refuseHopeless(least: number, param: string): void {
    if (least >= this.contextTokens) throw tooLong(this.contextTokens, `at least ${least}`, param);
  }
}

function formatChat(context: BindingContext, messages: readonly ChatMessage[]): string {
  return context.getFormattedChat(messages, null, { jinja: true, add_generation_prompt: true }).prompt;
}

async function tokensAroundMessage(context: BindingContext): Promise<number> {
  const question: ChatMessage = { role: "user", content: "" };
  const answer: ChatMessage = { role: "assistant", content: "" };
  try {
    const one = await context.tokenize(formatChat(context, [question]));
    const three = await context.tokenize(formatChat(context, [question, answer, question]));
    return Math.max(0, Math.floor((three.tokens.length - one.tokens.length) / 2));
  } catch {
    // A template may refuse empty messages; then only their text is counted beforehand.
    return 0;
  }
}

function summarize(result: CompletionResult, completionTokens: number): GenerateResult {
  const cachedTokens = result.timings.cache_n;
  if (result.stopped_eos || result.stopped_word) return { finishReason: "stop", completionTokens, cachedTokens };
  if (result.stopped_limit || result.context_full) return { finishReason: "length", completionTokens, cachedTokens };
  throw new AppError("internal_error", "The engine failed while it worked on this request. Try again.", {
    cause: new Error("llama.cpp could not decode the batch"),
  });
}

function tooLong(limit: number, tokens: string, param: string): AppError {
  return new AppError(
    "context_length_exceeded",
    `This model's context length is ${limit} tokens, and your prompt has ${tokens}; it must leave room for an answer. Shorten the prompt.`,
    { param },
  );
}
