import fc from "fast-check";
import { expect, test } from "vitest";
import { chatRequest } from "#lib/contracts/openai/chat-request.ts";
import { isPlainChat } from "./plain-chat.ts";

const edges = fc.constantFrom(-2, -1, -0.1, 0, 0.5, 1, 1.5, 2, 2.1, 1e16, Number.MAX_SAFE_INTEGER, Number.POSITIVE_INFINITY, Number.NaN);
const texts = fc.oneof(fc.constantFrom("", "x", "x".repeat(256), "x".repeat(257), "x".repeat(513)), fc.string());
const odd = fc.oneof(edges, texts, fc.boolean(), fc.constantFrom(null, undefined, [], {}, ["x"]));
const role = fc.constantFrom("system", "developer", "user", "assistant", "tool", "function", "nobody", 1, undefined);
const message = fc.oneof(
  { weight: 12, arbitrary: fc.record({ role: fc.constantFrom("system", "user", "assistant"), content: texts }) },
  { weight: 1, arbitrary: fc.record({ role, content: odd, name: odd, __proto__: odd }, { requiredKeys: [] }) },
  { weight: 1, arbitrary: odd },
);
const likely = {
  model: fc.oneof({ weight: 9, arbitrary: fc.constant("public/x") }, { weight: 1, arbitrary: odd }),
  messages: fc.oneof({ weight: 12, arbitrary: fc.array(message, { maxLength: 2 }) }, { weight: 1, arbitrary: odd }),
};
const seldom = Object.fromEntries(Object.keys(chatRequest.shape).map((name) => [name, odd]));
const options = fc.oneof(odd, fc.record({ include_usage: odd, more: odd }, { requiredKeys: [] }));
/** As bodies come: through JSON. */
const bodies = fc
  .tuple(
    fc.oneof({ weight: 5, arbitrary: fc.record(likely) }, { weight: 1, arbitrary: fc.record(likely, { requiredKeys: [] }) }),
    fc.dictionary(fc.constantFrom(...Object.keys(chatRequest.shape), "unknown"), odd, { maxKeys: 2 }),
    fc.option(options, { nil: undefined, freq: 1 }),
  )
  .map(([first, more, streamOptions]) => ({ ...more, ...first, ...(streamOptions === undefined ? {} : { stream_options: streamOptions }) }))
  .map((body): Record<string, unknown> => JSON.parse(JSON.stringify(body)));

test("the schema takes every body that is called plain, as it is", () => {
  let plain = 0;
  fc.assert(
    fc.property(bodies, (body) => {
      if (!isPlainChat(body)) return;
      plain++;
      expect(chatRequest.parse(body)).toEqual(body);
    }),
    { numRuns: 20_000 },
  );
  expect(plain).toBeGreaterThan(500);
});

test.each(Object.keys(seldom))("%s is plain only where the schema takes it", (name) => {
  fc.assert(
    fc.property(odd, (value) => {
      const body = JSON.parse(JSON.stringify({ model: "public/x", messages: [{ role: "user", content: "a" }], [name]: value }));
      if (isPlainChat(body)) expect(chatRequest.parse(body)).toEqual(body);
    }),
    { numRuns: 200 },
  );
});

test.each([{ name: "x" }, { tool_calls: [] }, { content: ["a"] }, { content: null }, { role: "tool" }])(
  "a message with %j is left to the schema",
  (more) => {
    expect(isPlainChat({ model: "public/x", messages: [{ role: "user", content: "a", ...more }] })).toBe(false);
  },
);

test.each([
  { temperature: 0.7, max_tokens: 64 },
  { stream: true, stream_options: { include_usage: true }, top_p: 1, seed: -1, user: "me" },
  { max_completion_tokens: 1, presence_penalty: -2, frequency_penalty: 2 },
])("what most calls are is plain: %j", (more) => {
  const messages = [
    { role: "system", content: "s" },
    { role: "developer", content: "" },
    { role: "assistant", content: "a" },
    { role: "user", content: "u" },
  ];
  expect(isPlainChat({ model: "public/x", messages, ...more })).toBe(true);
});
