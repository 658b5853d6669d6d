import type { ChatChunk, OpenAiUsage } from "#lib/contracts/openai/chunk.ts";
import type { AnswerIdentity } from "../upstream/answer.ts";
import type { Assembled } from "../upstream/assemble.ts";

/** The two forms of an answer, chat and legacy text, made from the chunks of a chat stream. */
export interface Shape {
  idPrefix: string;
  /** A chunk for the client; null where it has nothing to say in this form. `first` is true for an answer's first chunk. */
  chunk(chunk: ChatChunk, identity: AnswerIdentity, first: boolean): Record<string, unknown> | null;
  /** The chunk at the end of a stream that tells usage, with the extra members of the engine's own (null: it had none). */
  usageChunk(engine: ChatChunk | null, identity: AnswerIdentity, usage: OpenAiUsage): Record<string, unknown>;
  /** The whole answer. */
  whole(completion: Assembled, identity: AnswerIdentity, usage: OpenAiUsage): Record<string, unknown>;
}
