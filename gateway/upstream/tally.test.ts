import { expect, test } from "vitest";
import { Tally } from "./tally.ts";

const usage = (output: number, cached = 0) => ({
  prompt_tokens: 10,
  completion_tokens: output,
  total_tokens: 10 + output,
  prompt_tokens_details: { cached_tokens: cached },
});
const text = (content: string, more: object = {}) => ({ choices: [{ delta: { content } }], ...more });

test("a role alone does not commit; nothing counts before the commit", () => {
  const tally = new Tally();
  tally.note({ choices: [{ delta: { role: "assistant", content: "" } }], usage: usage(0) }, () => 1);
  expect([tally.committed, tally.source, tally.tokens]).toEqual([false, "none", { input: 0, cached: 0, output: 0 }]);
});

test.each([[{ content: "a" }], [{ reasoning_content: "a" }], [{ reasoning: "a" }], [{ refusal: "a" }], [{ tool_calls: [{ index: 0 }] }]])(
  "%j commits",
  (delta) => {
    const tally = new Tally();
    tally.note({ choices: [{ delta }] }, () => 5.4);
    expect([tally.committed, tally.finished, tally.firstTokenMs, tally.source]).toEqual([true, false, 5, "counted"]);
    expect(tally.tokens.output).toBe(1);
  },
);

test("a finish commits and finishes", () => {
  const tally = new Tally();
  tally.note({ choices: [{ delta: {}, finish_reason: "stop" }] }, () => 1);
  expect([tally.committed, tally.finished]).toEqual([true, true]);
});

test("continuous usage counts, and each later event adds one", () => {
  const tally = new Tally();
  tally.note(text("ab", { usage: usage(2, 4) }), () => 1);
  expect([tally.source, tally.tokens]).toEqual(["engine", { input: 10, cached: 4, output: 2 }]);
  tally.note(text("c"), () => 2);
  expect([tally.source, tally.tokens]).toEqual(["counted", { input: 10, cached: 4, output: 3 }]);
  expect(tally.usage).toMatchObject({ completion_tokens: 3, total_tokens: 13 });
});

test("reasoning tokens are kept as part of the output, where the engine tells them", () => {
  const tally = new Tally();
  tally.note(text("a", { usage: { ...usage(9), completion_tokens_details: { reasoning_tokens: 6 } } }), () => 1);
  expect(tally.tokens).toEqual({ input: 10, cached: 0, output: 9, reasoning: 6 });
  tally.note(text("b", { usage: { ...usage(9), completion_tokens_details: { reasoning_tokens: 60 } } }), () => 2);
  expect(tally.tokens.reasoning).toBe(9);
  tally.note(text("c", { usage: { ...usage(9), completion_tokens_details: { reasoning_tokens: "6" } } }), () => 3);
  expect(tally.tokens).toEqual({ input: 10, cached: 0, output: 9 });
});

test("usage that is none is passed over, and no count leaves the database's range", () => {
  const tally = new Tally();
  tally.note(text("a", { usage: { prompt_tokens: -1, completion_tokens: 2 } }), () => 1);
  tally.note(text("b", { usage: { prompt_tokens: "9", completion_tokens: 2 } }), () => 1);
  expect(tally.tokens).toEqual({ input: 0, cached: 0, output: 2 });
  tally.note(
    text("c", { usage: { prompt_tokens: 1e15, completion_tokens: 1e15, prompt_tokens_details: { cached_tokens: 1e16 } } }),
    () => 1,
  );
  expect(tally.tokens).toEqual({ input: 2 ** 31 - 1, cached: 2 ** 31 - 1, output: 2 ** 31 - 1 });
});

test("an answer of several choices is finished with its last one, and each of them counts", () => {
  const tally = new Tally(2);
  const piece = (index: number, finish: string | null) => ({ index, delta: { content: "a" }, finish_reason: finish });
  tally.note({ choices: [piece(0, "stop"), piece(1, null)] }, () => 1);
  expect([tally.committed, tally.finished, tally.tokens.output]).toEqual([true, false, 2]);
  tally.note({ choices: [piece(0, "stop")] }, () => 2);
  expect(tally.finished).toBe(false);
  tally.note({ choices: [piece(1, "stop")] }, () => 3);
  expect([tally.finished, tally.tokens.output]).toEqual([true, 4]);
});
