import type { AnswerHead, AnswerShape, FinishReason } from "./answer.ts";

/** Shapes of POST /v1/completions; a chunk looks like the whole. */
export function textCompletionShape(head: AnswerHead): AnswerShape {
  const body = (text: string, finishReason: FinishReason | null) => ({
    ...head,
    object: "text_completion",
    choices: [{ index: 0, text, logprobs: null, finish_reason: finishReason }],
  });
  return {
    whole: (text, finishReason, usage) => ({ ...body(text, finishReason), usage }),
    opening: () => null,
    delta: (text) => body(text, null),
    finish: (finishReason) => body("", finishReason),
    closing: () => ({ ...head, object: "text_completion", choices: [] }),
  };
}
