import { afterAll, beforeAll, expect, test } from "vitest";
import { ask, modelName, startEngine, type TestEngine } from "./testing/start-engine.ts";

let engine: TestEngine;
beforeAll(async () => {
  // The demo weights were not made for this: their vectors mean little, but they are made as any model's are.
  engine = await startEngine({ embeddings: "mean" });
});
afterAll(() => engine.stop());

const embed = async (input: unknown, more: object = {}) => {
  const response = await engine.post("/v1/embeddings", { model: modelName, input, ...more });
  return { status: response.status, body: await response.json() };
};
const dot = (a: number[], b: number[]) => a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);

test("each text has its vector of length 1, in the order of the texts", async () => {
  const texts = ["Tell me a story", "你好", "Count to ten, and then say what the price of a service is"];
  const { status, body } = await embed(texts);
  expect(status).toBe(200);
  expect(body).toMatchObject({ object: "list", model: modelName });
  expect(body.data.map(({ index }: { index: number }) => index)).toEqual([0, 1, 2]);
  const tokens = await Promise.all(
    texts.map(async (content) => (await (await engine.post("/tokenize", { content })).json()).tokens.length),
  );
  const sum = tokens.reduce((total, count) => total + count, 0);
  expect(body.usage).toEqual({ prompt_tokens: sum, total_tokens: sum });
  for (const [index, { embedding }] of body.data.entries()) {
    expect(embedding).toHaveLength(192);
    expect(dot(embedding, embedding)).toBeCloseTo(1, 4);
    const [alone] = (await embed(texts[index])).body.data;
    expect(dot(embedding, alone.embedding)).toBeCloseTo(1, 5);
  }
  expect(dot(body.data[0].embedding, body.data[2].embedding)).toBeLessThan(0.999);
});

test("a long text is read in one piece: one word more changes little, at whatever length", async () => {
  const words = "Tell me a story about a fox and what the price of a service is".split(" ");
  const texts = Array.from({ length: 16 }, (_, more) =>
    Array.from({ length: 40 + more }, (_word, at) => words[at % words.length]).join(" "),
  );
  const vectors: number[][] = (await embed(texts)).body.data.map(({ embedding }: { embedding: number[] }) => embedding);
  for (const [index, vector] of vectors.entries()) expect(dot(vector, vectors[index - 1] ?? vector)).toBeGreaterThan(0.9);
});

test("base64 holds the same numbers", async () => {
  const floats = (await embed("fox")).body.data[0].embedding;
  const text = (await embed("fox", { encoding_format: "base64" })).body.data[0].embedding;
  const bytes = Buffer.from(text, "base64");
  expect([...new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4)]).toEqual(floats);
});

test("many at once each get their own", async () => {
  const texts = Array.from({ length: 12 }, (_, index) => `fox ${index}`);
  const alone = await Promise.all(texts.map((text) => embed(text)));
  const together = (await embed(texts)).body.data;
  for (const [index, { body }] of alone.entries()) expect(dot(body.data[0].embedding, together[index].embedding)).toBeCloseTo(1, 5);
});

test.each([
  ["no input", {}, "missing_required_parameter", "input"],
  ["an empty text", { input: "" }, "invalid_value", "input"],
  ["token ids", { input: [1, 2] }, "invalid_value", "input"],
  ["other dimensions", { input: "fox", dimensions: 64 }, "invalid_value", "dimensions"],
  ["a text too long", { input: ["fox", "hello ".repeat(1100)] }, "context_length_exceeded", "input"],
])("%s is refused", async (_name, body, code, param) => {
  const response = await engine.post("/v1/embeddings", { model: modelName, ...body });
  expect(response.status).toBe(400);
  expect((await response.json()).error).toMatchObject({ code, param });
});

test("it does not chat; a chat model makes no embeddings", async () => {
  const refused = await engine.post("/v1/chat/completions", ask("Hi"));
  expect([refused.status, (await refused.json()).error.param]).toEqual([400, "model"]);
  const chat = await startEngine();
  const response = await chat.post("/v1/embeddings", { model: modelName, input: "fox" });
  expect([response.status, (await response.json()).error.param]).toEqual([400, "model"]);
  await chat.stop();
});
