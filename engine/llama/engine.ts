import { setTimeout as sleep } from "node:timers/promises";
import { AppError } from "#lib/errors.ts";
import type { BindingContext, LlamaBinding } from "./binding.ts";
import { type GenerateRequest, type GenerateResult, generate } from "./generate.ts";
import { loadContext } from "./load-context.ts";
import { PromptCache } from "./prompt-cache.ts";
import { Prompts } from "./prompts.ts";
import { type SlotCounts, Slots } from "./slots.ts";
import type { Vocabulary } from "./weights-header.ts";

const releaseMs = 2_000;

export interface EngineOptions {
  model: string;
  /** A Jinja template in place of the weights' own; null: theirs. */
  chatTemplate: string | null;
  /** What makes tokens of images; null: the model reads text only. */
  projector: string | null;
  /** Tokens of one request, prompt and answer together. */
  contextTokens: number;
  /** Requests that generate at the same time. */
  parallel: number;
  /** Requests that may wait beyond those. */
  queue: number;
  threads: number;
  /** Bytes for the states of earlier prompts. */
  cacheBytes: number;
  /** Where those go if memory has no file system of its own. */
  folder: string;
}

/** llama.cpp with its slots: one loaded model that writes. */
export class LlamaEngine {
  readonly contextTokens: number;
  readonly prompts: Prompts;
  readonly readsImages: boolean;
  readonly cache: PromptCache | null;
  readonly #context: BindingContext;
  readonly #slots: Slots;
  readonly #capacity: number;
  #running = 0;

  private constructor(context: BindingContext, prompts: Prompts, options: EngineOptions) {
    this.#context = context;
    this.prompts = prompts;
    this.contextTokens = options.contextTokens;
    this.readsImages = options.projector !== null && context.getMultimodalSupport().vision;
    this.cache = PromptCache.create(options.cacheBytes, options.folder);
    this.#slots = new Slots(context.parallel, options.parallel);
    this.#capacity = options.parallel + options.queue;
  }

  /** Loads the weights; blocks the event loop meanwhile, because the binding does. Throws WeightsError. */
  static async load(binding: LlamaBinding, vocabulary: Vocabulary, options: EngineOptions): Promise<LlamaEngine> {
    const { model, projector, chatTemplate, contextTokens, parallel, threads } = options;
    const context = await loadContext(binding, {
      model,
      projector,
      ...(chatTemplate === null ? {} : { chat_template: chatTemplate }),
      n_ctx: contextTokens * parallel,
      n_parallel: parallel,
      n_threads: threads,
    });
    await context.parallel.enable({ n_parallel: parallel, n_batch: 512 });
    return new LlamaEngine(context, await Prompts.create(context, vocabulary, contextTokens), options);
  }

  tokenize(text: string): Promise<Int32Array> {
    return this.prompts.tokenize(text);
  }

  slots(): SlotCounts {
    return this.#slots.counts();
  }

  /** The part of all slots' context that running requests fill, from 0 to 1. */
  contextUse(): number {
    const { n_parallel: slots, requests } = this.#context.parallel.getStatus();
    const used = requests.filter(({ state }) => state !== "queued").reduce((sum, one) => sum + one.prompt_length + one.tokens_generated, 0);
    return used / (this.contextTokens * slots);
  }

  /** Throws AppError where so many answers would find no place now. Prompts are only made where they do. */
  requireRoom(answers: number): void {
    if (answers > this.#capacity) {
      throw new AppError("invalid_value", `\`n\` may be at most ${this.#capacity} on this instance.`, { param: "n" });
    }
    if (this.#running + answers > this.#capacity) {
      throw new AppError("instance_overloaded", "All slots of this instance are busy and its queue is full. Try again shortly.", {
        retryAfterSeconds: 1,
      });
    }
  }

  /** Takes places for so many answers; they are free again once the given function is called. Throws AppError where there are not enough. */
  admit(answers: number): () => void {
    this.requireRoom(answers);
    this.#running += answers;
    return () => {
      this.#running -= answers;
    };
  }

  /** Generates one answer, for which a place has been taken. */
  async generate(request: GenerateRequest): Promise<GenerateResult> {
    request.signal.throwIfAborted();
    return generate({ slots: this.#slots, contextTokens: this.contextTokens, cache: this.cache }, request);
  }

  /**
   * Frees the model once llama.cpp has put down what it was told to stop; frees it anyway after two seconds. Freed under
   * a thread that still decodes, it would crash the process.
   */
  async release(): Promise<void> {
    const end = performance.now() + releaseMs;
    while (this.#isWorking() && performance.now() < end) await sleep(5);
    this.#context.parallel.disable();
    this.cache?.close();
    await this.#context.release();
  }

  #isWorking(): boolean {
    const { busy, queued } = this.slots();
    return this.#running + busy + queued > 0;
  }
}
