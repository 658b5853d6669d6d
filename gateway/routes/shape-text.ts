import type { ChatChunk } from "#lib/contracts/openai/chunk.ts";
import { hasOutput } from "../upstream/read-chunk.ts";
import type { Shape } from "./shape.ts";

/** Legacy `text_completion`: the text of the chat answer; reasoning is no part of it. */
export const textShape: Shape = {
  idPrefix: "cmpl",

  chunk(chunk: ChatChunk, identity) {
    if (!chunk.choices.some((choice) => hasOutput(choice) || choice.finish_reason)) return null;
    const choices = chunk.choices.map(({ index, delta, finish_reason: finish }) => ({
      index: index ?? 0,
      text: delta?.content ?? "",
      logprobs: null,
      finish_reason: finish ?? null,
    }));
    return { ...chunk, ...identity, object: "text_completion", choices };
  },

  usageChunk(engine, identity, usage) {
    return { ...engine, ...identity, object: "text_completion", choices: [], usage };
  },

  whole({ extra, choices: assembled }, identity, usage) {
    const choices = assembled.map(({ index, message, finishReason }) => ({
      index,
      text: message.content ?? "",
      logprobs: null,
      finish_reason: finishReason,
    }));
    return { ...extra, ...identity, object: "text_completion", choices, usage };
  },
};
