import type { Usage } from "./usage.ts";

export type FinishReason = "stop" | "length";

/** What every body and chunk of one answer begins with. */
export interface AnswerHead {
  id: string;
  /** Unix seconds. */
  created: number;
  model: string;
}

/** How an endpoint dresses an answer: its whole body, and the chunks of a stream. */
export interface AnswerShape {
  whole(text: string, finishReason: FinishReason, usage: Usage): object;
  /** The chunk before the first text, where the endpoint has one. */
  opening(): object | null;
  delta(text: string): object;
  finish(finishReason: FinishReason): object;
  /** The chunk that carries nothing but the usage. */
  closing(): object;
}
