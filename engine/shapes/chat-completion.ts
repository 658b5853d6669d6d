import type { AnswerHead, AnswerShape, FinishReason } from "./answer.ts";

/** Shapes of POST /v1/chat/completions. */
export function chatCompletionShape(head: AnswerHead): AnswerShape {
  const chunk = (delta: object, finishReason: FinishReason | null) => ({
    ...head,
    object: "chat.completion.chunk",
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finishReason }],
  });
  return {
    whole: (content, finishReason, usage) => ({
      ...head,
      object: "chat.completion",
      choices: [{ index: 0, message: { role: "assistant", content }, logprobs: null, finish_reason: finishReason }],
      usage,
    }),
    opening: () => chunk({ role: "assistant", content: "" }, null),
    delta: (content) => chunk({ content }, null),
    finish: (finishReason) => chunk({}, finishReason),
    closing: () => ({ ...head, object: "chat.completion.chunk", choices: [] }),
  };
}
