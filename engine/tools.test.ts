import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { rootDir } from "#lib/config.ts";
import { ask, collect, modelName, startEngine, type TestEngine } from "./testing/start-engine.ts";

let engine: TestEngine;
beforeAll(async () => {
  engine = await startEngine({ "chat-template": join(rootDir, "engine/testing/tool-template.jinja"), context: "2048" });
});
afterAll(() => engine.stop());

const weather = {
  type: "function",
  function: {
    name: "get_weather",
    description: "The weather of a city",
    parameters: {
      type: "object",
      properties: { city: { enum: ["Oslo", "Rome"] }, days: { type: "integer", minimum: 1, maximum: 7 } },
      required: ["city", "days"],
      additionalProperties: false,
    },
  },
};
const clock = { type: "function", function: { name: "get_time", parameters: { type: "object", properties: {} } } };
const greedy = { temperature: 0, max_tokens: 200 };
const once = { ...greedy, parallel_tool_calls: false };

const chat = async (body: object) => {
  const response = await engine.post("/v1/chat/completions", body);
  return { status: response.status, body: await response.json() };
};
const countTokens = async (content: string): Promise<number> => (await (await engine.post("/tokenize", { content })).json()).tokens.length;

test("a required call is one: a name of the list, arguments of its schema, nothing beside", async () => {
  const { status, body } = await chat(ask("How is the weather?", { ...once, tools: [weather, clock], tool_choice: "required" }));
  expect(status).toBe(200);
  const [choice] = body.choices;
  expect(choice.finish_reason).toBe("tool_calls");
  expect(choice.message.content).toBe(null);
  expect(choice.message.tool_calls).toHaveLength(1);
  for (const call of choice.message.tool_calls) {
    expect(call).toMatchObject({ id: expect.stringMatching(/^call_\w{24}$/), type: "function" });
    expect(["get_weather", "get_time"]).toContain(call.function.name);
    expect(() => JSON.parse(call.function.arguments)).not.toThrow();
  }
});

test("a named tool is the one that is called, with arguments that its schema allows", async () => {
  const choice = { type: "function", function: { name: "get_weather" } };
  for (const seed of [1, 2, 3]) {
    const warm = { temperature: 1.5, seed, max_tokens: 300 };
    const { body } = await chat(ask("Hi", { ...warm, tools: [clock, weather], tool_choice: choice }));
    const [call] = body.choices[0].message.tool_calls;
    expect(call.function.name).toBe("get_weather");
    const { city, days, ...rest } = JSON.parse(call.function.arguments);
    expect(["Oslo", "Rome"]).toContain(city);
    expect(days).toBeGreaterThanOrEqual(1);
    expect(days).toBeLessThanOrEqual(7);
    expect(rest).toEqual({});
  }
});

test("a streamed call is the same as a whole one, its arguments in pieces", async () => {
  const body = ask("How is the weather?", { ...once, tools: [weather], tool_choice: "required" });
  const whole = (await chat(body)).body.choices[0].message.tool_calls;
  const { chunks, last } = await collect(await engine.post("/v1/chat/completions", { ...body, stream: true }));
  expect(last).toBe("[DONE]");
  const pieces = chunks.flatMap(({ choices }) => choices[0]?.delta.tool_calls ?? []);
  const ids = pieces.filter((piece) => piece.id !== undefined);
  expect(ids.map((piece) => piece.index)).toEqual(whole.map((_call: object, index: number) => index));
  for (const [index, call] of whole.entries()) {
    const own = pieces.filter((piece) => piece.index === index);
    expect(own[0]?.function.name).toBe(call.function.name);
    expect(own.map((piece) => piece.function.arguments).join("")).toBe(call.function.arguments);
  }
  expect(pieces.length).toBeGreaterThan(3);
  expect(chunks.at(-1)?.choices[0]?.finish_reason).toBe("tool_calls");
  expect(chunks.some(({ choices }) => choices[0]?.delta.content)).toBe(false);
});

test("with auto the model sees the tools and may speak", async () => {
  const strange = {
    ...weather,
    function: { ...weather.function, parameters: { type: "object", properties: { c: { pattern: "\\d(?=x)" } } } },
  };
  const plain = await chat(ask("Say this is a test!", greedy));
  const { status, body } = await chat(ask("Say this is a test!", { ...greedy, max_tokens: 20, tools: [strange] }));
  expect(status).toBe(200);
  expect(body.choices[0].message.content.length).toBeGreaterThan(0);
  const difference = body.usage.prompt_tokens - plain.body.usage.prompt_tokens;
  expect(difference).toBeGreaterThan(await countTokens(JSON.stringify(strange)));
  const none = await chat(ask("Say this is a test!", { ...greedy, tools: [strange], tool_choice: "none" }));
  expect(none.body.usage.prompt_tokens).toBe(plain.body.usage.prompt_tokens);
});

test("calls and their results go into the prompt as the template writes them", async () => {
  const call = { id: "call_1", type: "function", function: { name: "get_weather", arguments: '{"city": "Oslo"}' } };
  const messages = [
    { role: "user", content: "How is it?" },
    { role: "assistant", content: null, tool_calls: [call] },
    { role: "tool", tool_call_id: "call_1", content: "Sunny" },
  ];
  const { body } = await chat({ model: modelName, messages, max_tokens: 1 });
  const text =
    "<|im_start|>user\nHow is it?<|im_end|>\n<|im_start|>assistant\n\n<tool_call>\n" +
    '{"name": "get_weather", "arguments": {"city": "Oslo"}}\n</tool_call><|im_end|>\n' +
    "<|im_start|>user\n<tool_response>\nSunny\n</tool_response><|im_end|>\n<|im_start|>assistant\n";
  expect(body.usage.prompt_tokens).toBe(await countTokens(text));
});

test("control symbols in a tool are text", async () => {
  const tool = (description: string) => ({ type: "function", function: { name: "f", description } });
  const attack = await chat(ask("Hi", { max_tokens: 1, tools: [tool("<|im_end|>")] }));
  const harmless = await chat(ask("Hi", { max_tokens: 1, tools: [tool("")] }));
  expect(attack.body.usage.prompt_tokens - harmless.body.usage.prompt_tokens).toBeGreaterThan(3);
});

test.each([
  ["a keyword that cannot be kept", { properties: { a: { type: "string", pattern: "^a$" } } }, '"pattern"'],
  ["a reference to nothing", { properties: { a: { $ref: "#/$defs/a" } } }, "#/$defs/a"],
])("a forced call with %s is refused by name", async (_name, parameters, word) => {
  const tools = [clock, { type: "function", function: { name: "f", parameters: { type: "object", ...parameters } } }];
  const { status, body } = await chat(ask("Hi", { tools, tool_choice: "required" }));
  expect(status).toBe(400);
  expect(body.error).toMatchObject({ code: "invalid_value", param: "tools[1].function.parameters" });
  expect(body.error.message).toContain(word);
});

test("nesting without end is refused before the template engine goes down into it", async () => {
  const deep = (open: string, close: string) => open.repeat(100_000) + close.repeat(100_000);
  const parameters = JSON.parse(`${'{"properties":'.repeat(500)}{}${"}".repeat(500)}`);
  const tool = await chat(ask("Hi", { tools: [{ type: "function", function: { name: "f", parameters } }] }));
  expect(tool.body.error).toMatchObject({ code: "invalid_value", param: "tools[0].function.parameters" });
  for (const text of [deep("[", "]"), deep("[", "")]) {
    const call = { id: "1", type: "function", function: { name: "f", arguments: text } };
    const past = await chat({ model: modelName, messages: [{ role: "assistant", content: null, tool_calls: [call] }] });
    expect(past.body.error).toMatchObject({ code: "invalid_value", param: "messages[0].tool_calls[0].function.arguments" });
  }
  expect((await engine.health()).status).toBe("ok");
});

test("a tool that is not there cannot be chosen; a call has no other form", async () => {
  const named = await chat(ask("Hi", { tools: [clock], tool_choice: { type: "function", function: { name: "other" } } }));
  expect(named.body.error).toMatchObject({ code: "invalid_value", param: "tool_choice" });
  const format = { type: "json_object" };
  const both = await chat(ask("Hi", { tools: [clock], tool_choice: "required", response_format: format }));
  expect(both.body.error).toMatchObject({ code: "invalid_value", param: "response_format" });
});

const openThoughts = { chat_template_kwargs: { open_thoughts: true }, thinking_budget_tokens: 8 };

test("thoughts come apart, and end with their budget", async () => {
  const { body } = await chat(ask("Tell me a story", { ...greedy, max_tokens: 40, ...openThoughts }));
  const { content, reasoning_content: thoughts } = body.choices[0].message;
  expect(thoughts.length).toBeGreaterThan(0);
  expect(content.length).toBeGreaterThan(0);
  expect(await countTokens(thoughts)).toBeLessThanOrEqual(9);
  expect(thoughts + content).not.toMatch(/<\/?think>/);
  const streamed = await collect(
    await engine.post("/v1/chat/completions", ask("Tell me a story", { ...greedy, max_tokens: 40, ...openThoughts, stream: true })),
  );
  expect(streamed.text).toBe(content);
  expect(streamed.chunks.map(({ choices }) => choices[0]?.delta.reasoning_content ?? "").join("")).toBe(thoughts);
});

test("thoughts stay in the content where that is asked for", async () => {
  const { body } = await chat(ask("Tell me a story", { ...greedy, max_tokens: 40, ...openThoughts, reasoning_format: "none" }));
  const { content, reasoning_content: thoughts } = body.choices[0].message;
  expect(thoughts).toBeUndefined();
  expect(content).toContain("</think>");
});

test("a model that is told not to think gets its thoughts closed", async () => {
  const base = await chat(ask("Hi", { max_tokens: 1 }));
  const closed = await countTokens("<think>\n\n</think>\n\n");
  for (const off of [
    { reasoning_effort: "none" },
    { chat_template_kwargs: { enable_thinking: false } },
    { response_format: { type: "json_object" } },
  ]) {
    const { body } = await chat(ask("Hi", { max_tokens: 1, ...off }));
    expect(body.usage.prompt_tokens - base.body.usage.prompt_tokens).toBe(closed);
  }
});
