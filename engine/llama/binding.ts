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
  /** Used in place of the weights' own. */
  chat_template?: string;
  /** Tokens of all slots together. */
  n_ctx: number;
  n_batch?: number;
  n_parallel: number;
  n_threads: number;
  n_gpu_layers: number;
  use_mlock: boolean;
  ctx_shift: boolean;
  embedding?: boolean;
  pooling_type?: Pooling;
}

/** How the vectors of a text's tokens become one. */
export type Pooling = "mean" | "cls" | "last";

export interface BindingContext {
  getModelInfo(): ModelInfo;
  isJinjaSupported(): boolean;
  /** The native object. Its wrapper asks for the whole model info at each formatting, which costs a millisecond. */
  ctx: {
    /** Gives a text where `jinja` is false. Throws where the template refuses the messages. */
    getFormattedChat(messages: readonly object[], template: undefined, options: FormatOptions): FormattedByTemplate | string;
  };
  tokenize(text: string, media?: { media_paths: readonly string[] }): Promise<{ tokens: Int32Array }>;
  initMultimodal(options: { path: string; use_gpu: boolean }): boolean;
  getMultimodalSupport(): { vision: boolean; audio: boolean };
  release(): Promise<void>;
  parallel: {
    enable(options: { n_parallel: number; n_batch: number }): Promise<boolean>;
    completion(options: CompletionOptions, onToken: (requestId: number, data: TokenData) => void): Promise<PendingCompletion>;
    /** The context's own `embedding` reuses what two texts share, and then pools over the rest only. */
    embedding(text: string, options: { embd_normalize: number }): Promise<{ promise: Promise<{ embedding: ArrayLike<number> }> }>;
    /** Ends the thread that decodes. */
    disable(): void;
    getStatus(): ParallelStatus;
  };
}

export interface ModelInfo {
  nEmbd: number;
  metadata: Record<string, string>;
  chatTemplates: { jinja: { defaultCaps?: TemplateCaps; toolUse: boolean } };
}

interface TemplateCaps {
  tools: boolean;
  toolCalls: boolean;
}

export interface ParallelStatus {
  n_parallel: number;
  active_slots: number;
  queued_requests: number;
  requests: { request_id: number; state: string; prompt_length: number; tokens_generated: number }[];
}

/** What becomes of thoughts: left in the content, or told apart. */
export type ReasoningFormat = "none" | "deepseek";

export interface FormatOptions {
  jinja: boolean;
  add_generation_prompt: boolean;
  enable_thinking: boolean;
  reasoning_format: ReasoningFormat;
  tools?: readonly object[];
  tool_choice?: "auto" | "required" | "none";
  parallel_tool_calls?: boolean;
  /** Each value as JSON text. */
  chat_template_kwargs?: Record<string, string>;
}

/** What the analysis of a template gives beside the prompt. */
export interface FormattedByTemplate {
  prompt: string;
  chat_format: number;
  chat_parser: string;
  /** Begins with {@link generation_prompt} as a literal. */
  grammar: string;
  /** What the template has put before the answer. */
  generation_prompt: string;
  thinking_forced_open: boolean;
  thinking_start_tag?: string;
  thinking_end_tag?: string;
}

/** Without a value the binding takes its own default, which is not always llama.cpp's. */
export interface CompletionOptions {
  prompt: string;
  media_paths?: readonly string[];
  n_predict: number;
  temperature: number;
  top_k: number;
  top_p: number;
  min_p: number;
  seed?: number;
  penalty_repeat: number;
  penalty_freq: number;
  penalty_present: number;
  /** Tokens that the penalties look back on. */
  penalty_last_n: number;
  dry_multiplier: number;
  xtc_probability: number;
  n_probs: number;
  stop?: readonly string[];
  /** One that llama.cpp refuses ends the process: see grammar/check-grammar.ts. */
  grammar?: string;
  chat_format?: number;
  chat_parser?: string;
  generation_prompt?: string;
  reasoning_format?: ReasoningFormat;
  thinking_budget_tokens?: number;
  thinking_start_tag?: string;
  thinking_end_tag?: string;
  /** A slot's state from an earlier answer; its beginning is reused as far as the prompt agrees with it. */
  load_state_path?: string;
  save_state_path?: string;
}

/** With a chat format, what the parser makes of all the text so far; without, only the text of the token. */
export interface TokenData {
  token: string;
  /** The likeliest tokens, after the samplers. */
  probs?: { tok: number; prob: number }[];
  content?: string;
  reasoning_content?: string;
  tool_calls?: ParsedToolCall[];
}

export interface ParsedToolCall {
  id?: string;
  function: { name: string; arguments: string };
}

export interface PendingCompletion {
  requestId: number;
  /** Rejects with "Request cancelled" after `stop()`. */
  promise: Promise<CompletionResult>;
  /** Only as in slots.ts: it may crash. */
  stop(): void;
}

/** All four flags are false where the batch failed, or the state could not be loaded. */
export interface CompletionResult {
  text: string;
  content?: string;
  reasoning_content?: string;
  tool_calls?: ParsedToolCall[];
  stopped_eos: boolean;
  stopped_limit: boolean;
  stopped_word: boolean;
  context_full: boolean;
  /** Generated tokens without the one that ends the answer. */
  tokens_predicted: number;
  timings: { cache_n: number; prompt_n: number; prompt_ms: number; predicted_ms: number };
}

/** The binding for this platform; throws where its binary is not installed. */
export function requireBinding(): LlamaBinding {
  return createRequire(import.meta.url)("@fugood/llama.node");
}
