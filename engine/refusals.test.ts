import { once } from "node:events";
import { connect } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ask, modelName, startEngine, type TestEngine } from "./testing/start-engine.ts";

let engine: TestEngine;
beforeAll(async () => {
  engine = await startEngine({ parallel: "1" });
});
afterAll(() => engine.stop());

const chatPath = "/v1/chat/completions";
const textBody = (more: object) => ({ model: modelName, prompt: "Hello", ...more });

async function refusal(response: Response) {
  const body = await response.json();
  expect(response.headers.get("x-request-id")).toBeTruthy();
  expect(Object.keys(body)).toEqual(["error"]);
  expect(Object.keys(body.error)).toEqual(["message", "type", "param", "code"]);
  return { status: response.status, ...body.error };
}

test.each([
  ["no model", { messages: [{ role: "user", content: "Hi" }] }, "missing_required_parameter", "model"],
  ["a model that is no text", ask("Hi", { model: {} }), "invalid_type", "model"],
  ["no messages", { model: modelName }, "missing_required_parameter", "messages"],
  ["an empty list of messages", { model: modelName, messages: [] }, "invalid_value", "messages"],
  ["too many messages", { model: modelName, messages: Array(2049).fill({ role: "user", content: "" }) }, "request_too_complex", "messages"],
  ["an unknown role", { model: modelName, messages: [{ role: "king", content: "Hi" }] }, "invalid_value", "messages[0].role"],
  ["a number for content", { model: modelName, messages: [{ role: "user", content: 7 }] }, "invalid_value", "messages[0].content"],
  [
    "an image",
    { model: modelName, messages: [{ role: "user", content: [{ type: "image_url", image_url: { url: "http://127.0.0.1/" } }] }] },
    "unsupported_image_url",
    "messages[0].content[0].image_url.url",
  ],
  ["a lone surrogate", ask("\ud83d"), "invalid_unicode", "messages[0].content"],
  ["more answers than there are places", ask("Hi", { n: 40 }), "invalid_value", "n"],
  ["a penalty that nothing can be divided by", ask("Hi", { repetition_penalty: 0 }), "invalid_value", "repetition_penalty"],
  ["temperature 2.1", ask("Hi", { temperature: 2.1 }), "invalid_value", "temperature"],
  ["a negative temperature", ask("Hi", { temperature: -0.1 }), "invalid_value", "temperature"],
  ["top_p 1.1", ask("Hi", { top_p: 1.1 }), "invalid_value", "top_p"],
  ["top_k 1.5", ask("Hi", { top_k: 1.5 }), "invalid_type", "top_k"],
  ["min_p -1", ask("Hi", { min_p: -1 }), "invalid_value", "min_p"],
  ["frequency_penalty 3", ask("Hi", { frequency_penalty: 3 }), "invalid_value", "frequency_penalty"],
  ["presence_penalty -3", ask("Hi", { presence_penalty: -3 }), "invalid_value", "presence_penalty"],
  ["max_tokens 0", ask("Hi", { max_tokens: 0 }), "invalid_value", "max_tokens"],
  ["max_tokens in a string", ask("Hi", { max_tokens: "10" }), "invalid_type", "max_tokens"],
  ["max_completion_tokens -1", ask("Hi", { max_completion_tokens: -1 }), "invalid_value", "max_completion_tokens"],
  ["a seed that is no integer", ask("Hi", { seed: 0.5 }), "invalid_type", "seed"],
  ["five stop strings", ask("Hi", { stop: ["a", "b", "c", "d", "e"] }), "invalid_value", "stop"],
  ["an empty stop string", ask("Hi", { stop: [""] }), "invalid_value", "stop"],
  ["stream in a string", ask("Hi", { stream: "yes" }), "invalid_type", "stream"],
  ["an unknown stream option", ask("Hi", { stream: true, stream_options: { speed: 1 } }), "unknown_parameter", "stream_options.speed"],
  ["logprobs", ask("Hi", { logprobs: true }), "unknown_parameter", "logprobs"],
  ["top_logprobs", ask("Hi", { top_logprobs: 2 }), "unknown_parameter", "top_logprobs"],
  ["logit_bias", ask("Hi", { logit_bias: { "1": 5 } }), "unknown_parameter", "logit_bias"],
  ["a grammar", ask("Hi", { guided_grammar: 'root ::= "yes"' }), "unknown_parameter", "guided_grammar"],
  [
    "tools that the template does not know",
    ask("Hi", { tools: [{ type: "function", function: { name: "f" } }] }),
    "unknown_parameter",
    "tools",
  ],
  ["a tool's answer", { model: modelName, messages: [{ role: "tool", content: "4" }] }, "unknown_parameter", "messages[0]"],
  ["a choice without tools", ask("Hi", { tool_choice: "required" }), "invalid_value", "tool_choice"],
  ["an answer form that is none", ask("Hi", { response_format: { type: "xml" } }), "invalid_value", "response_format.type"],
  ["a member that nobody knows", ask("Hi", { magic: 1 }), "unknown_parameter", "magic"],
])("a chat with %s is refused", async (_name, body, code, param) => {
  const error = await refusal(await engine.post(chatPath, body));
  expect(error).toMatchObject({ status: 400, type: "invalid_request_error", code, param });
  if (!["request_too_complex", "unsupported_image_url"].includes(code)) expect(error.message).toContain(param);
});

test.each([
  ["logprobs", { logprobs: true }, "`logprobs`: log probabilities are not supported by this engine; leave it out"],
  ["logit_bias", { logit_bias: { "1": 5 } }, "`logit_bias`: logit biases are not supported by this engine; leave it out"],
  ...["guided_json", "guided_regex", "guided_choice", "guided_grammar", "structured_outputs", "grammar"].map(
    (name): [string, object, string] => [
      name,
      { [name]: "x" },
      `\`${name}\`: is not supported by this engine; \`response_format\` with a JSON schema holds an answer to a form`,
    ],
  ),
])("what the engine cannot do is said with what to do: %s", async (_, more, message) => {
  expect((await refusal(await engine.post(chatPath, ask("Hi", more)))).message).toBe(message);
});

test.each([
  ["no prompt", { model: modelName }, "missing_required_parameter", "prompt"],
  ["an empty prompt", textBody({ prompt: "" }), "invalid_value", "prompt"],
  ["two prompts", textBody({ prompt: ["a", "b"] }), "invalid_value", "prompt"],
  ["token ids", textBody({ prompt: [1, 2] }), "invalid_value", "prompt"],
  ["logprobs", textBody({ logprobs: 0 }), "unknown_parameter", "logprobs"],
  ["best_of", textBody({ best_of: 2 }), "unknown_parameter", "best_of"],
  ["echo", textBody({ echo: true }), "unknown_parameter", "echo"],
  ["suffix", textBody({ suffix: "end" }), "unknown_parameter", "suffix"],
  ["messages", textBody({ messages: [] }), "unknown_parameter", "messages"],
  ["a prompt too long", textBody({ prompt: "hello ".repeat(1100) }), "context_length_exceeded", "prompt"],
  ["a formatted prompt too long", textBody({ prompt: `<|im_start|>${"hello ".repeat(1100)}` }), "context_length_exceeded", "prompt"],
])("a text completion with %s is refused", async (_name, body, code, param) => {
  expect(await refusal(await engine.post("/v1/completions", body))).toMatchObject({ status: 400, code, param });
});

test("members that ask for nothing are taken", async () => {
  const nothing = { n: 1, logprobs: false, tools: [], tool_choice: "none", logit_bias: {}, response_format: { type: "text" } };
  const nulls = { temperature: null, top_p: null, stop: null, seed: null, max_tokens: 2, stream: null, user: "u", metadata: { a: "b" } };
  expect((await engine.post(chatPath, ask("Hi", { ...nothing, ...nulls }))).status).toBe(200);
});

test("another model's name is 404", async () => {
  const error = await refusal(await engine.post(chatPath, ask("Hi", { model: "public/other" })));
  expect(error).toMatchObject({ status: 404, code: "model_not_found", param: "model" });
});

test.each(["{", "", "nothing", '{"model":"\u00ff'])("a body that is no JSON is refused: %j", async (body) => {
  const error = await refusal(await engine.send(chatPath, { method: "POST", body: Buffer.from(body, "latin1") }));
  expect(error).toMatchObject({ status: 400, code: "invalid_json" });
});

test.each(["[]", "7", "null", '"text"'])("a body that is no object is refused: %s", async (body) => {
  const error = await refusal(await engine.send(chatPath, { method: "POST", body }));
  expect(error).toMatchObject({ status: 400, code: "invalid_type", param: null });
});

test("a body over 12 MB is 413, and the engine goes on", async () => {
  const body = Buffer.alloc(12 * 1024 * 1024 + 1, "x");
  expect(await refusal(await engine.send(chatPath, { method: "POST", body }))).toMatchObject({ status: 413, code: "request_too_large" });
  expect((await engine.send("/v1/models")).status).toBe(200);
});

test.each([undefined, "Bearer", "Bearer wrong", "Basic dGVzdA==", "test-bearer-of-one-instance"])(
  "authorization %j is refused everywhere, and alike",
  async (authorization) => {
    const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
    const requests = [
      fetch(`${engine.url}/v1/models`, { headers }),
      fetch(engine.url + chatPath, { method: "POST", headers, body: JSON.stringify(ask("Hi")) }),
      fetch(`${engine.url}/v1/completions`, { method: "POST", headers, body: "{" }),
      fetch(`${engine.url}/tokenize`, { method: "POST", headers, body: "{}" }),
    ];
    for (const response of await Promise.all(requests)) {
      expect(await refusal(response)).toMatchObject({ status: 401, code: "invalid_api_key", type: "invalid_request_error", param: null });
    }
    const health = await fetch(`${engine.url}/health`, { headers });
    expect(health.status).toBe(authorization === undefined ? 200 : 401);
    expect(await health.text()).not.toContain("test-nonce");
  },
);

test("an unknown route is 404, a wrong method 405 with Allow", async () => {
  expect(await refusal(await engine.send("/v1/nothing"))).toMatchObject({ status: 404, code: "not_found" });
  const wrong = await engine.send(chatPath);
  expect(wrong.headers.get("allow")).toBe("POST");
  expect(await refusal(wrong)).toMatchObject({ status: 405, code: "method_not_allowed" });
  expect((await engine.send("/health", { method: "DELETE" })).headers.get("allow")).toBe("GET");
});

test.each([
  ["no HTTP at all", "nonsense\r\n\r\n", "HTTP/1.1 400", "bad_request"],
  ["headers of 100 KB", `GET /health HTTP/1.1\r\nx: ${"y".repeat(100_000)}\r\n\r\n`, "HTTP/1.1 431", "headers_too_large"],
])("what Node's parser rejects has an error body too: %s", async (_name, bytes, status, code) => {
  const socket = connect(Number(new URL(engine.url).port), "127.0.0.1");
  let answer = "";
  socket.on("data", (data) => {
    answer += data;
  });
  socket.write(bytes);
  await once(socket, "close");
  expect(answer.startsWith(status)).toBe(true);
  expect(JSON.parse(answer.slice(answer.indexOf("\r\n\r\n"))).error.code).toBe(code);
});

test("a request id is kept, a strange one replaced", async () => {
  const kept = await engine.send("/v1/models", { headers: { "x-request-id": "req_abc-1" } });
  expect(kept.headers.get("x-request-id")).toBe("req_abc-1");
  const replaced = await engine.send("/v1/models", { headers: { "x-request-id": "a b" } });
  expect(replaced.headers.get("x-request-id")).toMatch(/^req_/);
});
