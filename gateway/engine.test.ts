import OpenAI from "openai";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bearer, modelName, startEngine, type TestEngine } from "#engine/testing/start-engine.ts";
import { newId } from "#lib/ids.ts";
import { makeCaller } from "#test/gateway-factory.ts";
import { type Harness, startHarness } from "./testing/harness.ts";

let harness: Harness;
let engine: TestEngine;

beforeAll(async () => {
  [harness, engine] = await Promise.all([startHarness(), startEngine()]);
  const { db } = harness.database;
  const service = await db.modelService.findFirstOrThrow({ where: { name: "hydra-tiny" } });
  await db.instance.create({
    data: { id: newId("ins"), serviceId: service.id, state: "ready", endpoint: engine.url, token: bearer, readyAt: new Date() },
  });
  await harness.caughtUp();
});
afterAll(async () => {
  await engine.stop();
  await harness.close();
});

const client = () => new OpenAI({ apiKey: harness.caller.key, baseURL: `${harness.url}/v1`, maxRetries: 0 });
const messages = [{ role: "user" as const, content: "Hello! Who are you?" }];

test("a real engine answers streamed and not, alike, and its counts are what is metered", async () => {
  const options = { model: modelName, messages, temperature: 0, seed: 1, max_tokens: 30 };
  const { data: whole, response } = await client().chat.completions.create(options).withResponse();
  expect(whole.choices[0]?.message.content).toMatch(/\w/);
  expect(["stop", "length"]).toContain(whole.choices[0]?.finish_reason);
  const row = await harness.usage(response.headers.get("x-request-id"));
  expect(row).toMatchObject({
    source: "engine",
    outcome: "completed",
    inputTokens: whole.usage?.prompt_tokens,
    outputTokens: whole.usage?.completion_tokens,
  });
  expect(row.inputTokens).toBeGreaterThan(0);

  const stream = await client().chat.completions.create({ ...options, stream: true, stream_options: { include_usage: true } });
  let text = "";
  let usage: unknown = null;
  for await (const chunk of stream) {
    text += chunk.choices[0]?.delta.content ?? "";
    usage = chunk.usage ?? usage;
  }
  expect(text).toBe(whole.choices[0]?.message.content);
  expect(usage).toMatchObject({ completion_tokens: whole.usage?.completion_tokens });
});

test("a prompt is kept for the workspace that sent it, and for no other", async () => {
  const other = new OpenAI({ apiKey: (await makeCaller(harness.database.db)).key, baseURL: `${harness.url}/v1`, maxRetries: 0 });
  const long = [{ role: "user" as const, content: `Tell me a story of ${"a small boat on a wide lake and ".repeat(12)}a bird.` }];
  const cached = async (asker: OpenAI) => {
    const { usage } = await asker.chat.completions.create({ model: modelName, messages: long, max_tokens: 4 });
    return usage?.prompt_tokens_details?.cached_tokens ?? 0;
  };
  await cached(client());
  expect(await cached(other)).toBe(0);
  expect(await cached(client())).toBeGreaterThan(20);
});

test("the legacy route answers on the same chat model", async () => {
  const completion = await client().completions.create({ model: modelName, prompt: "What is your name?", max_tokens: 20 });
  expect(completion.choices[0]?.text).toMatch(/\w/);
  expect(completion.usage?.total_tokens).toBeGreaterThan(0);
});

test("a client that leaves frees the engine, and pays for no more than was written", async () => {
  const stream = await client().chat.completions.create({
    model: modelName,
    messages: [{ role: "user", content: "Tell me a long story." }],
    stream: true,
  });
  for await (const chunk of stream) if (chunk.choices[0]?.delta.content) break;
  await expect.poll(async () => (await engine.health()).slots.busy, { timeout: 2_000 }).toBe(0);
});

test("what the engine cannot do is a 400 that names it", async () => {
  const asked = client().chat.completions.create({ model: modelName, messages, logprobs: true });
  await expect(asked).rejects.toMatchObject({ status: 400, code: "unknown_parameter", param: "logprobs" });
  const long = client().chat.completions.create({ model: modelName, messages: [{ role: "user", content: "word ".repeat(5_000) }] });
  await expect(long).rejects.toMatchObject({ status: 400, code: "context_length_exceeded" });
});
