import type { AnswerHead, AnswerShape, FinishReason } from "./answer.ts";

/** Shapes of POST /v1/completions; a chunk looks like the whole. */
export function textCompletionShape(head: AnswerHead): AnswerShape {
  const choice = (index: number, text: string, finishReason: FinishReason | null) => ({
    index,
    text,
    logprobs: null,
    finish_reason: finishReason,
  });
  const body = (choices: object[]) => ({ ...head, object: "text_completion", choices });
  return {
    whole: (choices, usage) => ({ ...body(choices.map((one, index) => choice(index, one.content, one.finishReason))), usage }),
    opening: () => null,
    delta: (index, { content = "" }) => body([choice(index, content, null)]),
    finish: (index, finishReason) => body([choice(index, "", finishReason)]),
    closing: () => body([]),
  };
}
