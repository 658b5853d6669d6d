import { AppError } from "#lib/errors.ts";
import type { BindingContext, LlamaBinding, Pooling } from "./binding.ts";
import { type ControlTexts, createControlTexts } from "./control-texts.ts";
import { loadContext } from "./load-context.ts";
import { tooLong } from "./prompts.ts";
import type { Vocabulary } from "./weights-header.ts";

export interface EmbedderOptions {
  model: string;
  /** Tokens of one text. */
  contextTokens: number;
  /** Requests that may wait beyond the one that is worked on. */
  queue: number;
  threads: number;
  /** Null: as the weights say. */
  pooling: Pooling | null;
}

export interface Embeddings {
  vectors: Float32Array[];
  tokens: number;
  seconds: number;
}

/** Euclidean. */
const normalization = 2;

/** llama.cpp with one loaded model that makes vectors of texts, one text after another. */
export class Embedder {
  readonly dimensions: number;
  readonly contextTokens: number;
  readonly #context: BindingContext;
  readonly #controlTexts: ControlTexts;
  readonly #capacity: number;
  #requests = 0;
  #last: Promise<unknown> = Promise.resolve();

  private constructor(context: BindingContext, vocabulary: Vocabulary, { contextTokens, queue }: EmbedderOptions) {
    this.#context = context;
    this.#controlTexts = createControlTexts(vocabulary.controlTexts);
    this.#capacity = 1 + queue;
    this.contextTokens = contextTokens;
    this.dimensions = context.getModelInfo().nEmbd;
  }

  /** Loads the weights; blocks the event loop meanwhile, because the binding does. Throws WeightsError. */
  static async load(binding: LlamaBinding, vocabulary: Vocabulary, options: EmbedderOptions): Promise<Embedder> {
    const { model, contextTokens, threads, pooling } = options;
    const context = await loadContext(binding, {
      model,
      projector: null,
      n_ctx: contextTokens,
      // A text must be read in one piece: what pools looks at the last piece only.
      n_batch: contextTokens,
      n_parallel: 1,
      n_threads: threads,
      embedding: true,
      ...(pooling === null ? {} : { pooling_type: pooling }),
    });
    await context.parallel.enable({ n_parallel: 1, n_batch: contextTokens });
    return new Embedder(context, vocabulary, options);
  }

  slots(): { total: number; busy: number; queued: number } {
    return { total: 1, busy: Math.min(this.#requests, 1), queued: Math.max(this.#requests - 1, 0) };
  }

  /** A vector of length 1 for each text. Throws AppError where one is too long, and `instance_overloaded`. */
  async embed(texts: readonly string[], signal: AbortSignal): Promise<Embeddings> {
    if (this.#requests >= this.#capacity) {
      throw new AppError("instance_overloaded", "This instance is busy and its queue is full. Try again shortly.", {
        retryAfterSeconds: 1,
      });
    }
    this.#requests++;
    try {
      const turn = this.#last.then(() => this.#embedAll(texts.map(this.#controlTexts.disarm), signal));
      this.#last = turn.catch(() => {});
      return await turn;
    } finally {
      this.#requests--;
    }
  }

  async tokenize(text: string): Promise<Int32Array> {
    return text === "" ? new Int32Array() : (await this.#context.tokenize(text)).tokens;
  }

  async release(): Promise<void> {
    await this.#last;
    this.#context.parallel.disable();
    await this.#context.release();
  }

  async #embedAll(texts: readonly string[], signal: AbortSignal): Promise<Embeddings> {
    const tokens = await this.#countTokens(texts, signal);
    const started = performance.now();
    const vectors: Float32Array[] = [];
    for (const text of texts) {
      signal.throwIfAborted();
      const pending = await this.#context.parallel.embedding(text, { embd_normalize: normalization });
      const vector = Float32Array.from((await pending.promise).embedding);
      if (!vector.some((value) => value !== 0)) throw new Error("llama.cpp gave no embedding");
      vectors.push(vector);
    }
    return { vectors, tokens, seconds: (performance.now() - started) / 1000 };
  }

  async #countTokens(texts: readonly string[], signal: AbortSignal): Promise<number> {
    let sum = 0;
    for (const text of texts) {
      signal.throwIfAborted();
      const { length } = await this.tokenize(text);
      if (length >= this.contextTokens) throw tooLong(this.contextTokens, String(length), "input");
      sum += length;
    }
    return sum;
  }
}
