import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { APICallError, generateText, RetryError, streamText } from "ai";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Harness, startHarness } from "#gateway/testing/harness.ts";
import { makeCaller } from "#test/gateway-factory.ts";
import { type WallScriptInput, wallPrompt } from "#test/wall/script.ts";

let harness: Harness;

beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.close());

/** A model of the `ai` package, and how often it has called. */
function modelOf(key = harness.caller.key) {
  const calls = { count: 0 };
  const provider = createOpenAICompatible({
    name: "hydra",
    baseURL: `${harness.url}/v1`,
    apiKey: key,
    includeUsage: true,
    fetch: (input, init) => {
      calls.count++;
      return fetch(input, init);
    },
  });
  return { model: provider(harness.model), calls };
}

const prompt = (script: WallScriptInput) => wallPrompt(script);

test("generateText and streamText get the whole text, its finish and its usage", async () => {
  const { model } = modelOf();
  const whole = await generateText({ model, prompt: prompt({ tokens: 3 }) });
  expect(whole).toMatchObject({ text: "t1 t2 t3 ", finishReason: "stop", usage: { outputTokens: 3 } });
  const stream = streamText({ model, prompt: prompt({ tokens: 3, reasoning: ["r1 "] }) });
  let text = "";
  for await (const piece of stream.textStream) text += piece;
  expect(text).toBe("t1 t2 t3 ");
  expect(await stream.finishReason).toBe("stop");
  expect((await stream.usage).outputTokens).toBe(4);
  expect(await stream.reasoningText).toBe("r1 ");
});

test("what no other call can mend is thrown at the first, with status and code", async () => {
  const { model, calls } = modelOf("sk-hy-wrong");
  const error = await generateText({ model, prompt: "hi" }).catch((thrown: unknown) => thrown);
  expect(APICallError.isInstance(error)).toBe(true);
  expect(error).toMatchObject({ statusCode: 401, isRetryable: false, data: { error: { code: "invalid_api_key" } } });
  expect(calls.count).toBe(1);
});

test.each([
  ["429 of an empty balance", 429, "credit_balance_exhausted", "hi"],
  ["502 of an instance that fails", 502, "upstream_error", wallPrompt({ fault: "status", status: 500 })],
])("%s is called for again as often as it was told, then thrown with its code", async (_, status, code, text) => {
  const caller = status === 429 ? await makeCaller(harness.database.db, 0n) : harness.caller;
  const { model, calls } = modelOf(caller.key);
  const error = await generateText({ model, prompt: text, maxRetries: 1 }).catch((thrown: unknown) => thrown);
  expect(RetryError.isInstance(error)).toBe(true);
  expect(error).toMatchObject({ reason: "maxRetriesExceeded", lastError: { statusCode: status, data: { error: { code } } } });
  expect(calls.count).toBe(2);
  const once = modelOf(caller.key);
  await expect(generateText({ model: once.model, prompt: text, maxRetries: 0 })).rejects.toMatchObject({ statusCode: status });
  expect(once.calls.count).toBe(1);
});

test.each(["reset", "end", "malformed"] as const)(
  "a stream that breaks (%s) tells an error, never an end, and is not called again",
  async (fault) => {
    const { model, calls } = modelOf();
    const stream = streamText({ model, prompt: prompt({ tokens: 9, fault, after: 4 }), onError() {} });
    let text = "";
    const errors: unknown[] = [];
    for await (const part of stream.fullStream) {
      if (part.type === "text-delta") text += part.text;
      if (part.type === "error") errors.push(part.error);
    }
    expect(text).toBe("t1 t2 t3 t4 ");
    expect(errors.length).toBe(1);
    expect(JSON.stringify(errors)).toContain("instance");
    expect(await stream.finishReason).toBe("error");
    expect(calls.count).toBe(1);
  },
);
