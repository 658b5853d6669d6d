import { afterAll, beforeAll, expect, test } from "vitest";
import { type Harness, readEvents, startHarness } from "#gateway/testing/harness.ts";
import { wallPrompt } from "#test/wall/script.ts";

let harness: Harness;

beforeAll(async () => {
  harness = await startHarness({ heartbeatMs: 60, earlyOpenMs: 120 });
});
afterAll(() => harness.close());

function chat(script: Parameters<typeof wallPrompt>[0], more: object = {}): object {
  return { model: harness.model, messages: [{ role: "user", content: wallPrompt(script) }], ...more };
}

test("a whole answer has the access name called, finish_reason, usage, and the engine's own members", async () => {
  const response = await harness.post("/v1/chat/completions", chat({ tokens: 4 }));
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toContain("application/json");
  expect(response.headers.get("x-request-id")).toMatch(/^req_[0-9a-z]{26}$/);
  expect(Number(response.headers.get("openai-processing-ms"))).toBeGreaterThanOrEqual(0);
  const body = await response.json();
  expect(body).toMatchObject({
    object: "chat.completion",
    model: "public/wall",
    wall_extra: { kept: true },
    choices: [{ index: 0, message: { role: "assistant", content: "t1 t2 t3 t4 " }, finish_reason: "stop" }],
    usage: { completion_tokens: 4 },
  });
  expect(body.id).toMatch(/^chatcmpl-/);
  expect(Math.abs(body.created - Date.now() / 1000)).toBeLessThan(10);
  expect(body.usage.total_tokens).toBe(body.usage.prompt_tokens + 4);
  expect(body.choices[0].message).not.toHaveProperty("tool_calls");
});

test("a stream brings role, tokens and finish in order, one identity, no usage unasked, and [DONE]", async () => {
  const response = await harness.post("/v1/chat/completions", chat({ tokens: 3 }, { stream: true }));
  expect(response.headers.get("content-type")).toContain("text/event-stream");
  const { data } = readEvents(await response.text());
  expect(data.pop()).toBe("[DONE]");
  const chunks = data.map((text) => JSON.parse(text));
  expect(chunks.map((chunk) => chunk.choices[0].delta.content ?? chunk.choices[0].finish_reason)).toEqual([
    "",
    "t1 ",
    "t2 ",
    "t3 ",
    "stop",
  ]);
  expect(chunks[0].choices[0].delta.role).toBe("assistant");
  expect(new Set(chunks.map((chunk) => `${chunk.id} ${chunk.created} ${chunk.model} ${chunk.object}`)).size).toBe(1);
  expect(chunks[0]).toMatchObject({ model: "public/wall", object: "chat.completion.chunk", wall_extra: { kept: true } });
  for (const chunk of chunks) expect(chunk).not.toHaveProperty("usage");
});

test("with include_usage one chunk without choices tells usage at the end, and the others say null", async () => {
  const response = await harness.post(
    "/v1/chat/completions",
    chat({ tokens: 3 }, { stream: true, stream_options: { include_usage: true } }),
  );
  const { data } = readEvents(await response.text());
  const chunks = data.slice(0, -1).map((text) => JSON.parse(text));
  const last = chunks.pop();
  expect(last).toMatchObject({ choices: [], usage: { completion_tokens: 3 }, model: "public/wall" });
  for (const chunk of chunks) expect(chunk.usage).toBeNull();
});

test("the instance is asked to stream, with its token, and learns nothing about the end user", async () => {
  const more = { user: "me", metadata: { a: "b" }, max_completion_tokens: 9_999, temperature: null, top_k: 3 };
  const response = await harness.post("/v1/chat/completions", chat({}, more));
  await response.text();
  const call = harness.wall.call(response.headers.get("x-request-id") ?? "");
  expect(call.authorization).toBe("Bearer instance-token");
  expect(call.body).toEqual({
    messages: [{ role: "user", content: wallPrompt({}) }],
    top_k: 3,
    max_tokens: 512,
    model: "public/wall",
    stream: true,
    cache_salt: harness.caller.workspaceId,
    stream_options: { include_usage: true, continuous_usage_stats: true },
  });
});

test("tool calls and reasoning are put together inside the message", async () => {
  const response = await harness.post("/v1/chat/completions", chat({ tokens: 0, toolCalls: true, reasoning: ["I ", "think"] }));
  const [choice] = (await response.json()).choices;
  expect(choice.finish_reason).toBe("tool_calls");
  expect(choice).not.toHaveProperty("tool_calls");
  expect(choice.message).toEqual({
    role: "assistant",
    content: "",
    reasoning_content: "I think",
    tool_calls: [{ id: "call_1", type: "function", function: { name: "lookup", arguments: '{"city":"Paris"}' } }],
  });
});

test.each(["/completions", "/v1/completions"])("POST %s answers a prompt in the legacy form", async (path) => {
  const response = await harness.post(path, { model: harness.model, prompt: wallPrompt({ tokens: 2 }) });
  const body = await response.json();
  expect(body).toMatchObject({
    object: "text_completion",
    model: "public/wall",
    choices: [{ index: 0, text: "t1 t2 ", logprobs: null, finish_reason: "stop" }],
    usage: { completion_tokens: 2 },
  });
  expect(body.id).toMatch(/^cmpl-/);
});

test("a legacy stream has text and no empty first event; a prompt may be a list of one", async () => {
  const response = await harness.post("/v1/completions", { model: harness.model, prompt: [wallPrompt({ tokens: 2 })], stream: true });
  const { data } = readEvents(await response.text());
  expect(data.pop()).toBe("[DONE]");
  const chunks = data.map((text) => JSON.parse(text));
  expect(chunks.map((chunk) => chunk.choices[0].text)).toEqual(["t1 ", "t2 ", ""]);
  expect(chunks.at(-1).choices[0].finish_reason).toBe("stop");
  expect(chunks[0].object).toBe("text_completion");
});

test.each(["/chat/completions", "/v1/chat/completions/", "/v1//chat/completions", "//v1/chat/completions?x=1"])(
  "the address %s works",
  async (path) => {
    const response = await harness.post(path, chat({ tokens: 1 }));
    expect(response.status).toBe(200);
    await response.text();
  },
);

test("silence in an open stream brings comment lines, and a long one before the first token opens it", async () => {
  const response = await harness.post("/v1/chat/completions", chat({ tokens: 2, delayMs: 300 }, { stream: true }));
  expect(response.status).toBe(200);
  const { data, comments } = readEvents(await response.text());
  expect(comments.length).toBeGreaterThanOrEqual(4);
  expect(new Set(comments)).toEqual(new Set([": keep-alive"]));
  expect(data.at(-1)).toBe("[DONE]");
});

test("chunks arrive one by one", async () => {
  const response = await harness.post("/v1/chat/completions", chat({ tokens: 5, delayMs: 40 }, { stream: true }));
  const times: number[] = [];
  for await (const _ of response.body as ReadableStream<Uint8Array>) times.push(performance.now());
  expect(times.length).toBeGreaterThanOrEqual(5);
  expect((times.at(-1) as number) - (times[0] as number)).toBeGreaterThan(120);
});

test("an engine that tells no usage is counted", async () => {
  const response = await harness.post("/v1/chat/completions", chat({ tokens: 3, usage: false }));
  expect((await response.json()).usage.completion_tokens).toBe(3);
});

// Here, where the limit of silence is the usual minute, so that it cannot end the stream in the finish's stead.
test("3: a finish without [DONE] is completed within a second, streamed and not", async () => {
  for (const more of [{}, { stream: true }]) {
    const started = performance.now();
    const response = await harness.post("/v1/chat/completions", chat({ tokens: 3, fault: "no_done" }, more));
    const text = await response.text();
    expect(performance.now() - started).toBeLessThan(1_000);
    if ("stream" in more) expect(readEvents(text).data.at(-1)).toBe("[DONE]");
    else expect(JSON.parse(text).choices[0].finish_reason).toBe("stop");
    expect(await harness.usage(response.headers.get("x-request-id"))).toMatchObject({
      outcome: "completed",
      outputTokens: 3,
      errorCode: null,
    });
  }
});
