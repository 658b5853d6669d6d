import { createRequire } from "node:module";

/**
 * The part of @fugood/llama.node that the engine uses. The package ships TypeScript sources in place of declarations, and
 * they do not pass this project's compiler options; hence these types, and `require`, which keeps the sources out of the check.
 */
export interface LlamaBinding {
  loadModel(options: LoadOptions): Promise<BindingContext>;
  /** While on, every line of llama.cpp's log also goes to the listeners, later on the event loop. */
  toggleNativeLog(enable: boolean): Promise<void>;
  addNativeLogListener(listener: (level: string, text: string) => void): { remove(): void };
}

export interface LoadOptions {
  model: string;
  /** Tokens of all slots together. */
  n_ctx: number;
  n_parallel: number;
  n_threads: number;
  n_gpu_layers: number;
  use_mlock: boolean;
  ctx_shift: boolean;
}

export interface BindingContext {
  getModelInfo(): { metadata: Record<string, string> };
  /** Throws where the template refuses the messages. */
  getFormattedChat(
    messages: readonly { role: string; content: string }[],
    template: null,
    options: { jinja: boolean; add_generation_prompt: boolean },
  ): { prompt: string };
  tokenize(text: string): Promise<{ tokens: Int32Array }>;
  release(): Promise<void>;
  parallel: {
    enable(options: { n_parallel: number; n_batch: number }): Promise<boolean>;
    completion(options: CompletionOptions, onToken: (requestId: number, data: { token: string }) => void): Promise<PendingCompletion>;
    /** Ends the thread that decodes. */
    disable(): void;
    getStatus(): { n_parallel: number; active_slots: number; queued_requests: number };
  };
}

/** Without a value the binding takes its own default, which is not always llama.cpp's. */
export interface CompletionOptions {
  prompt: string;
  n_predict: number;
  temperature: number;
  top_k: number;
  top_p: number;
  min_p: number;
  seed?: number;
  penalty_freq: number;
  penalty_present: number;
  /** Tokens that the penalties look back on. */
  penalty_last_n: number;
  dry_multiplier: number;
  xtc_probability: number;
  n_probs: number;
}

export interface PendingCompletion {
  /** Rejects with "Request cancelled" after `stop()`. */
  promise: Promise<CompletionResult>;
  stop(): void;
}

/** All four flags are false where the batch failed. */
export interface CompletionResult {
  stopped_eos: boolean;
  stopped_limit: boolean;
  stopped_word: boolean;
  context_full: boolean;
  /** Generated tokens without the one that ends the answer. */
  tokens_predicted: number;
  timings: { cache_n: number; prompt_n: number };
}

/** The binding for this platform; throws where its binary is not installed. */
export function requireBinding(): LlamaBinding {
  return createRequire(import.meta.url)("@fugood/llama.node");
}
