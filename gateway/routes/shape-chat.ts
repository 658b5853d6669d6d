import type { Shape } from "./shape.ts";

export const chatShape: Shape = {
  idPrefix: "chatcmpl",

  chunk(chunk, identity, first) {
    const delta = chunk.choices[0]?.delta;
    if (first && delta && !delta.role) delta.role = "assistant";
    for (const choice of chunk.choices) {
      choice.delta ??= {};
      choice.index ??= 0;
      choice.finish_reason ??= null;
    }
    return { ...chunk, ...identity, object: "chat.completion.chunk" };
  },

  usageChunk(engine, identity, usage) {
    return { ...engine, ...identity, object: "chat.completion.chunk", choices: [], usage };
  },

  whole({ extra, choices: assembled }, identity, usage) {
    const choices = assembled.map(({ index, choice, message, finishReason }) => ({
      index,
      ...choice,
      message,
      finish_reason: finishReason,
    }));
    return { ...extra, ...identity, object: "chat.completion", choices, usage };
  },
};
