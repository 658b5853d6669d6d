import { expect, test } from "vitest";
import type { ToolCallDelta } from "#lib/contracts/openai/chunk.ts";
import { Assembler } from "./assemble.ts";

test("text, reasoning, log probabilities and unknown members are put together", () => {
  const assembler = new Assembler();
  assembler.add({ choices: [{ delta: { role: "assistant", content: "" } }], system_fingerprint: "f" });
  assembler.add({ choices: [{ delta: { reasoning: "hm" } }] });
  assembler.add({ choices: [{ delta: { content: "a", note: 1 }, logprobs: { content: [{ token: "a" }] } }] });
  assembler.add({ choices: [{ delta: { content: "b", note: 2 }, logprobs: { content: [{ token: "b" }] } }] });
  assembler.add({ choices: [{ index: 0, delta: {}, finish_reason: "length", stop_reason: 7 }], usage: {} });
  expect(assembler.result()).toEqual({
    extra: { system_fingerprint: "f" },
    choices: [
      {
        index: 0,
        choice: { logprobs: { content: [{ token: "a" }, { token: "b" }] }, stop_reason: 7 },
        message: { role: "assistant", content: "ab", reasoning: "hm", note: 2 },
        finishReason: "length",
      },
    ],
  });
});

test("two tool calls whose pieces are mixed keep their order and arguments; content is then null", () => {
  const assembler = new Assembler();
  const piece = (call: ToolCallDelta) => assembler.add({ choices: [{ delta: { tool_calls: [call] } }] });
  piece({ index: 1, id: "b", type: "function", function: { name: "second" } });
  piece({ index: 0, id: "a", function: { name: "first", arguments: "{" } });
  piece({ index: 1, function: { arguments: "[]" } });
  piece({ index: 0, function: { arguments: "}" } });
  expect(assembler.result().choices[0]?.message).toEqual({
    role: "assistant",
    content: null,
    tool_calls: [
      { id: "a", type: "function", function: { name: "first", arguments: "{}" } },
      { id: "b", type: "function", function: { name: "second", arguments: "[]" } },
    ],
  });
});

test("choices that arrive mixed are kept apart, and come in their order", () => {
  const assembler = new Assembler();
  const piece = (index: number, content: string, finish: string | null = null) =>
    assembler.add({ choices: [{ index, delta: { content }, finish_reason: finish }] });
  piece(1, "c");
  piece(0, "a");
  piece(1, "d", "length");
  piece(0, "b", "stop");
  const { choices } = assembler.result();
  expect(choices.map(({ index, message, finishReason }) => [index, message.content, finishReason])).toEqual([
    [0, "ab", "stop"],
    [1, "cd", "length"],
  ]);
});
