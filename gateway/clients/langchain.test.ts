import { ChatOpenAI } from "@langchain/openai";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Harness, startHarness } from "#gateway/testing/harness.ts";
import { makeCaller } from "#test/gateway-factory.ts";
import { wallPrompt } from "#test/wall/script.ts";

let harness: Harness;

beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.close());

/** A chat model of LangChain's, and how often it has called. */
function modelOf(options: { key?: string; maxRetries?: number } = {}) {
  const calls = { count: 0 };
  const model = new ChatOpenAI({
    model: harness.model,
    apiKey: options.key ?? harness.caller.key,
    maxRetries: options.maxRetries ?? 1,
    configuration: {
      baseURL: `${harness.url}/v1`,
      fetch: (input, init) => {
        calls.count++;
        return fetch(input, init);
      },
    },
  });
  return { model, calls };
}

test("invoke and stream get the whole text and its usage; tools are called", async () => {
  const { model } = modelOf();
  const whole = await model.invoke(wallPrompt({ tokens: 3 }));
  expect(whole.content).toBe("t1 t2 t3 ");
  expect(whole.usage_metadata?.output_tokens).toBe(3);
  let text = "";
  let output = 0;
  for await (const chunk of await model.stream(wallPrompt({ tokens: 3 }))) {
    text += chunk.content;
    output += chunk.usage_metadata?.output_tokens ?? 0;
  }
  expect(text).toBe("t1 t2 t3 ");
  expect(output).toBe(3);
  const called = await model.invoke(wallPrompt({ tokens: 0, toolCalls: true }));
  expect(called.tool_calls?.[0]).toMatchObject({ name: "lookup", args: { city: "Paris" } });
});

test.each([
  ["a wrong key", 401, "invalid_api_key", 1],
  ["an empty balance", 429, "credit_balance_exhausted", 1],
  ["an instance that fails", 502, "upstream_error", 2],
])("%s is thrown with status and code, after as many calls as can help", async (_, status, code, calls) => {
  const poor = status === 429 ? await makeCaller(harness.database.db, 0n) : harness.caller;
  const made = modelOf({ key: status === 401 ? "sk-hy-wrong" : poor.key });
  const prompt = status === 502 ? wallPrompt({ fault: "status", status: 500 }) : "hi";
  await expect(made.model.invoke(prompt)).rejects.toMatchObject({ status, code });
  expect(made.calls.count).toBe(calls);
});

test.each(["reset", "end", "malformed"] as const)("a stream that breaks (%s) throws, and is not called again", async (fault) => {
  const { model, calls } = modelOf();
  let text = "";
  const reading = (async () => {
    for await (const chunk of await model.stream(wallPrompt({ tokens: 9, fault, after: 4 }))) text += chunk.content;
  })();
  await expect(reading).rejects.toMatchObject({
    code: fault === "malformed" ? "upstream_invalid_response" : "upstream_stream_interrupted",
  });
  expect(text).toBe("t1 t2 t3 t4 ");
  expect(calls.count).toBe(1);
});
