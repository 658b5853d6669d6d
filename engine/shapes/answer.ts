import type { Delta } from "../llama/output/delta.ts";
import type { Usage } from "./usage.ts";

export type FinishReason = "stop" | "length" | "tool_calls";

/** What every body and chunk of one answer begins with. */
export interface AnswerHead {
  id: string;
  /** Unix seconds. */
  created: number;
  model: string;
}

/** One of the answers to a request, as a whole. */
export interface Choice {
  content: string;
  reasoning: string;
  toolCalls: { id: string; name: string; arguments: string }[];
  finishReason: FinishReason;
}

/** How an endpoint dresses answers: their whole body, and the chunks of a stream. */
export interface AnswerShape {
  whole(choices: readonly Choice[], usage: Usage): object;
  /** The chunk before the first text, where the endpoint has one. */
  opening(index: number): object | null;
  delta(index: number, delta: Delta): object;
  finish(index: number, finishReason: FinishReason): object;
  /** The chunk that carries nothing but the usage. */
  closing(): object;
}
