import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ChatChunk } from "#lib/contracts/openai/chunk.ts";
import { ChunkTemplate } from "./chunk-template.ts";

const event = (content: string, more: object = {}, choice: object = {}) => ({
  id: "engine-1",
  object: "chat.completion.chunk",
  created: 7,
  model: "weights",
  choices: [{ index: 0, delta: { content }, finish_reason: null, ...choice }],
  ...more,
});

/** What the client is sent: another identity, usage left out. */
function render(chunk: ChatChunk): string {
  return `data: ${JSON.stringify({ ...chunk, id: "ours", model: "public/x", usage: undefined })}\n\n`;
}

function learn(text: string): ChunkTemplate | null {
  return ChunkTemplate.learn(text, JSON.parse(text), render);
}

/** As Python writes it. */
const spaced = (value: object) => JSON.stringify(value).replaceAll(/"(,|:)(?=["{[\d])/g, '"$1 ');

describe("an event that differs only in its text", () => {
  test("is rendered as if it had been read, whatever its text", () => {
    const template = learn(JSON.stringify(event("first")));
    fc.assert(
      fc.property(fc.string({ unit: "binary", minLength: 1 }), (content) => {
        const next = event(content);
        expect(template?.render(JSON.stringify(next))).toBe(render(next));
      }),
    );
  });

  test("may be spaced, escaped, and have members that nobody knows", () => {
    const template = learn(spaced(event("first", { extra: { kept: [1] } }, { logprobs: null })));
    expect(template).not.toBeNull();
    const next = spaced(event("x", { extra: { kept: [1] } }, { logprobs: null })).replace('"x"', '"\\u00e9\\n\\ud83d\\ude00"');
    expect(template?.render(next)).toContain("\\u00e9\\n\\ud83d\\ude00");
    expect(JSON.parse(template?.render(next)?.slice("data: ".length) ?? "").choices[0].delta.content).toBe("é\n😀");
  });
});

test.each([
  ["another member", event("x", { extra: 1 })],
  ["an end", event("x", {}, { finish_reason: "stop" })],
  ["usage", event("x", { usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 } })],
  ["another index", event("x", {}, { index: 1 })],
  ["no text", event("")],
  ["two choices", { ...event("x"), choices: [...event("x").choices, ...event("y").choices] }],
  ["a tool call", event("x", {}, { delta: { content: "x", tool_calls: [{ index: 0 }] } })],
  ["an error", { error: { message: "x" } }],
])("an event with %s is read whole", (_, other) => {
  expect(learn(JSON.stringify(event("first")))?.render(JSON.stringify(other))).toBeNull();
});

test.each([
  ["a quote that ends the text early", 'x"},"finish_reason":"stop"},{"delta":{"content":"y'],
  ["a broken escape", "x\\"],
  ["an unknown escape", "\\q"],
  ["a control character", "a\u0001b"],
  ["half an escape", "\\u12"],
])("text with %s is not passed on unread", (_, raw) => {
  const text = JSON.stringify(event("MARK")).replace("MARK", () => raw);
  expect(learn(JSON.stringify(event("first")))?.render(text)).toBeNull();
});

test.each([
  ["an end", event("x", {}, { finish_reason: "stop" })],
  ["usage", event("x", { usage: { prompt_tokens: 1 } })],
  ["a role", event("x", {}, { delta: { role: "assistant", content: "x" } })],
  ["its text under two names", event("x", { other: { content: "y" } })],
  ["no text", event("")],
])("nothing is learnt from an event with %s", (_, chunk) => {
  expect(learn(JSON.stringify(chunk))).toBeNull();
});
