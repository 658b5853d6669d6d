import type { Delta, ToolCallDelta } from "../llama/output/delta.ts";
import type { AnswerHead, AnswerShape, Choice, FinishReason } from "./answer.ts";

/** Shapes of POST /v1/chat/completions. */
export function chatCompletionShape(head: AnswerHead): AnswerShape {
  const chunk = (index: number, delta: object, finishReason: FinishReason | null) => ({
    ...head,
    object: "chat.completion.chunk",
    choices: [{ index, delta, logprobs: null, finish_reason: finishReason }],
  });
  return {
    whole: (choices, usage) => ({
      ...head,
      object: "chat.completion",
      choices: choices.map((choice, index) => ({
        index,
        message: messageOf(choice),
        logprobs: null,
        finish_reason: choice.finishReason,
      })),
      usage,
    }),
    opening: (index) => chunk(index, { role: "assistant", content: "" }, null),
    delta: (index, delta) => chunk(index, deltaOf(delta), null),
    finish: (index, finishReason) => chunk(index, {}, finishReason),
    closing: () => ({ ...head, object: "chat.completion.chunk", choices: [] }),
  };
}

function messageOf({ content, reasoning, toolCalls }: Choice): object {
  const calls = toolCalls.map(({ id, name, arguments: text }) => ({ id, type: "function", function: { name, arguments: text } }));
  return {
    role: "assistant",
    content: calls.length > 0 && content === "" ? null : content,
    ...(reasoning === "" ? {} : { reasoning_content: reasoning }),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  };
}

function deltaOf({ content, reasoning, toolCalls }: Delta): object {
  return {
    ...(reasoning ? { reasoning_content: reasoning } : {}),
    ...(content ? { content } : {}),
    ...(toolCalls?.length ? { tool_calls: toolCalls.map(callDelta) } : {}),
  };
}

function callDelta({ index, id, name, arguments: text }: ToolCallDelta): object {
  if (id === undefined) return { index, function: { arguments: text } };
  return { index, id, type: "function", function: { name, arguments: text } };
}
