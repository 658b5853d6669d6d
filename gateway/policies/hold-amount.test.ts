import { expect, test } from "vitest";
import { holdAmount, inputBound, outputBound } from "./hold-amount.ts";
import { promptSize } from "./prompt-size.ts";

const rates = { inputNano: 100n, cachedInputNano: 20n, outputNano: 200n, imageNano: 5_000n };

test("input: min(context, UTF-8 bytes + 16 a message + the images' bound)", () => {
  expect(inputBound({ bytes: 5, messages: 1, media: 0 }, 2_048)).toBe(21);
  expect(inputBound({ bytes: 5, messages: 3, media: 0 }, 2_048)).toBe(53);
  expect(inputBound({ bytes: 5, messages: 1, media: 1 }, 100_000)).toBe(21 + 4_096);
  expect(inputBound({ bytes: 1e9, messages: 1, media: 9 }, 2_048)).toBe(2_048);
});

test("output: choices × min(max_tokens, context)", () => {
  expect(outputBound(1, 10, 2_048)).toBe(10);
  expect(outputBound(3, 10_000, 2_048)).toBe(6_144);
});

test("the amount is the bound at its price, images each; a dearer cached price is not forgotten", () => {
  expect(holdAmount({ input: 21, output: 10, images: 0 }, rates)).toBe(2_100n + 2_000n);
  expect(holdAmount({ input: 0, output: 0, images: 3 }, rates)).toBe(15_000n);
  expect(holdAmount({ input: 2, output: 0, images: 0 }, { ...rates, cachedInputNano: 300n })).toBe(600n);
});

test("a prompt's size: text in bytes, data by piece, and all that a template writes out", () => {
  expect(promptSize({ messages: [{ role: "user", content: "né" }] })).toEqual({ bytes: 3, messages: 1, media: 0 });
  const parts = [
    { type: "text", text: "abc" },
    { type: "image_url", image_url: { url: `data:image/png;base64,${"A".repeat(5_000)}` } },
    { type: "input_audio", input_audio: { data: "A".repeat(5_000), format: "wav" } },
  ];
  expect(promptSize({ messages: [{ role: "user", content: parts }] })).toEqual({ bytes: 3, messages: 1, media: 2 });
  const call = { role: "assistant", content: null, tool_calls: [{ id: "a" }], name: "bob" };
  expect(promptSize({ messages: [call] }).bytes).toBe('[{"id":"a"}]'.length + 3);
  const tools = [{ type: "function", function: { name: "f" } }];
  expect(promptSize({ messages: [], tools, temperature: 1 }).bytes).toBe(JSON.stringify(tools).length);
});
