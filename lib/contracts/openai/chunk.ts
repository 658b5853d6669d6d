/** One event of an engine's stream (`chat.completion.chunk`). Members that are not named here pass through as they are. */
export interface ChatChunk {
  choices: ChunkChoice[];
  usage?: unknown;
  [member: string]: unknown;
}

export interface ChunkChoice {
  index?: number;
  delta?: ChunkDelta;
  finish_reason?: string | null;
  logprobs?: unknown;
  [member: string]: unknown;
}

export interface ChunkDelta {
  role?: string;
  content?: string | null;
  /** Reasoning under the two names in use: DeepSeek's and OpenRouter's. */
  reasoning_content?: string | null;
  reasoning?: string | null;
  refusal?: string | null;
  tool_calls?: ToolCallDelta[];
  [member: string]: unknown;
}

export interface ToolCallDelta {
  index?: number;
  id?: string;
  type?: string;
  function?: { name?: string; arguments?: string };
  [member: string]: unknown;
}

/** `usage` as answers hold it. */
export interface OpenAiUsage {
  prompt_tokens: number;
  completion_tokens: number;
  total_tokens: number;
  [member: string]: unknown;
}
