import {
  answerError,
  answerFigures,
  type ConversationDetail,
  type ConversationSummary,
  type KeptMessage,
} from "#lib/contracts/conversations.ts";
import { type SamplingParameters, samplingParameters } from "#lib/contracts/trial.ts";
import type { Conversation, ConversationMessage, Prisma } from "#prisma/generated/client.ts";

/** A conversation as lists show it; `excerpt` is the text around a search's hit. */
export function summaryOf(row: Conversation, excerpt: string | null = null): ConversationSummary {
  return {
    id: row.id,
    title: row.title,
    accessName: row.accessName,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    excerpt,
  };
}

export function detailOf(row: Conversation & { messages: ConversationMessage[] }): ConversationDetail {
  return {
    ...summaryOf(row),
    systemPrompt: row.systemPrompt,
    parameters: parametersOf(row.parameters),
    messages: row.messages.map(messageOf),
  };
}

/** What is kept as parameters; what this version cannot read counts as not given. */
export function parametersOf(json: Prisma.JsonValue): SamplingParameters {
  return samplingParameters.safeParse(json).data ?? {};
}

function messageOf(row: ConversationMessage): KeptMessage {
  const { id, position, role, text, images, reasoning, accessName, state, finishReason, requestId } = row;
  return {
    ...{ id, position, role, text, images, reasoning, accessName, state, finishReason, requestId },
    error: answerError.safeParse(row.error).data ?? null,
    figures: answerFigures.safeParse(row.figures).data ?? null,
    createdAt: row.createdAt.toISOString(),
  };
}
