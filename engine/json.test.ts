import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { allows, schemas } from "./grammar/testing/schemas.ts";
import { ask, collect, startEngine, type TestEngine } from "./testing/start-engine.ts";

let engine: TestEngine;
beforeAll(async () => {
  engine = await startEngine({ parallel: "2" });
});
afterAll(() => engine.stop());

const asJson = (schema: unknown) => ({ type: "json_schema", json_schema: { name: "answer", schema, strict: true } });
const chat = async (more: object) => {
  const response = await engine.post("/v1/chat/completions", ask("Tell me a story", more));
  return { status: response.status, body: await response.json() };
};

test("any schema of the supported kind: an answer that ends is a value that it allows, and the engine lives", {
  timeout: 120_000,
}, async () => {
  let ended = 0;
  const keeps = async (schema: Record<string, unknown>, seed: number) => {
    const { status, body } = await chat({ response_format: asJson(schema), seed, temperature: 1.2, max_tokens: 300 });
    expect(status).toBe(200);
    const [choice] = body.choices;
    if (choice.finish_reason === "length") return;
    ended++;
    const value = JSON.parse(choice.message.content);
    if (!allows(schema, value)) throw new Error(`${choice.message.content} is not what ${JSON.stringify(schema)} allows`);
  };
  await fc.assert(fc.asyncProperty(schemas, fc.nat(1000), keeps), { numRuns: 60 });
  expect(ended).toBeGreaterThan(30);
  expect((await engine.health()).status).toBe("ok");
});

test("json_object gives an object", async () => {
  const { body } = await chat({ response_format: { type: "json_object" }, seed: 1, temperature: 1.5, max_tokens: 900 });
  const [choice] = body.choices;
  if (choice.finish_reason === "stop") expect(JSON.parse(choice.message.content)).toBeTypeOf("object");
  expect(choice.message.content.startsWith("{")).toBe(true);
});

test("a streamed value is the same as a whole one", async () => {
  const schema = {
    type: "object",
    properties: { colour: { enum: ["red", "blue"] }, count: { type: "integer", maximum: 9, minimum: 0 } },
    required: ["colour", "count"],
  };
  const more = { response_format: asJson(schema), temperature: 0 };
  const whole = (await chat(more)).body.choices[0].message.content;
  const { text, last } = await collect(await engine.post("/v1/chat/completions", ask("Tell me a story", { ...more, stream: true })));
  expect([text, last]).toEqual([whole, "[DONE]"]);
  expect(["red", "blue"]).toContain(JSON.parse(whole).colour);
});

test.each([
  [{ type: "string", pattern: "[" }, '"pattern"'],
  [{ $ref: "#" }, "itself"],
  [{ type: "array", items: { $ref: "#/nowhere" } }, "#/nowhere"],
  [{ type: "string", maxLength: 1_000_000 }, "maxLength"],
  [{ enum: ["\ud800"], pattern: 7 }, '"pattern"'],
])("a schema that cannot be kept is a 400 that says why, and the engine lives: %j", async (schema, words) => {
  const { status, body } = await chat({ response_format: asJson(schema) });
  expect(status).toBe(400);
  expect(body.error).toMatchObject({ type: "invalid_request_error", code: "invalid_value", param: "response_format.json_schema.schema" });
  expect(body.error.message).toContain(words);
  expect((await engine.health()).status).toBe("ok");
});
