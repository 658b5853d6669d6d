import type { ChatChunk, OpenAiUsage } from "#lib/contracts/openai/chunk.ts";
import type { AppError } from "#lib/errors.ts";

/** Where a call's answer goes: a stream to the client, or one object that is put together first. */
export interface Answer {
  /**
   * One chunk of a committed call, and the text it arrived in; false asks for a pause until `onDrain` calls back.
   * Throws an UpstreamFailure where the answer grows beyond its bound.
   */
  chunk(chunk: ChatChunk, text: string): boolean;
  /** An event of a committed call as it arrived, where it differs from an earlier one only in its text; null where it does not. */
  repeat(text: string): boolean | null;
  finish(usage: OpenAiUsage): void;
  /** Tells the client of the failure in the form that is still possible: a status, or an error event. */
  fail(error: AppError): void;
  /** The client is gone: nothing more is written. */
  abandon(): void;
  onDrain(callback: () => void): void;
}

/** What stays the same over all chunks of an answer. */
export interface AnswerIdentity {
  id: string;
  /** Seconds since 1970. */
  created: number;
  /** Access name as called. */
  model: string;
}
