import { connect } from "node:net";
import OpenAI from "openai";
import { Configuration, OpenAIApi } from "openai-v3";
import OpenAIv4 from "openai-v4";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Harness, readEvents, startHarness } from "#gateway/testing/harness.ts";
import { makeCaller, makePublicService } from "#test/gateway-factory.ts";
import { wallPrompt } from "#test/wall/script.ts";

let harness: Harness;

beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.close());

const user = (content: string) => [{ role: "user" as const, content }];

describe.each([
  ["openai 7", (options: { apiKey: string; baseURL: string }) => new OpenAI({ ...options, maxRetries: 1 })],
  ["openai 4", (options: { apiKey: string; baseURL: string }) => new OpenAIv4({ ...options, maxRetries: 1 }) as unknown as OpenAI],
])("%s", (_, make) => {
  const client = (path = "/v1", key = harness.caller.key) => make({ apiKey: key, baseURL: `${harness.url}${path}` });

  test.each(["/v1", "/v1/", ""])("base address ending in '%s': chat, streamed and not", async (path) => {
    const whole = await client(path).chat.completions.create({ model: harness.model, messages: user(wallPrompt({ tokens: 3 })) });
    expect(whole.choices[0]?.message.content).toBe("t1 t2 t3 ");
    expect(whole.usage?.completion_tokens).toBe(3);
    const stream = await client(path).chat.completions.create({
      model: harness.model,
      messages: user(wallPrompt({ tokens: 3 })),
      stream: true,
    });
    let text = "";
    // As most programs read it: a chunk without choices would break this loop.
    for await (const chunk of stream) text += (chunk.choices[0] as { delta: { content?: string } }).delta.content ?? "";
    expect(text).toBe("t1 t2 t3 ");
  });

  test("legacy completions, models, tool calls", async () => {
    const completion = await client().completions.create({ model: harness.model, prompt: wallPrompt({ tokens: 2 }) });
    expect(completion.choices[0]?.text).toBe("t1 t2 ");
    const listed: string[] = [];
    for await (const model of client().models.list()) listed.push(model.id);
    expect(listed).toContain(harness.model);
    expect((await client().models.retrieve(harness.model)).id).toBe(harness.model);
    const called = await client().chat.completions.create({
      model: harness.model,
      messages: user(wallPrompt({ tokens: 0, toolCalls: true })),
    });
    expect(called.choices[0]?.message.tool_calls?.[0]).toMatchObject({ function: { name: "lookup", arguments: '{"city":"Paris"}' } });
  });

  test("1: a stream that breaks after 40 of 60 tokens throws, 500 of 500, and is charged for 40", async () => {
    const ids: string[] = [];
    const broken = async () => {
      let tokens = 0;
      const messages = user(wallPrompt({ tokens: 60, fault: "reset", after: 40 }));
      const { data: stream, response } = await client()
        .chat.completions.create({ model: harness.model, messages, stream: true })
        .withResponse();
      ids.push(response.headers.get("x-request-id") ?? "");
      try {
        for await (const chunk of stream) if (chunk.choices[0]?.delta.content) tokens++;
        return "looked whole";
      } catch (error) {
        return `${(error as { code?: unknown }).code} after ${tokens}`;
      }
    };
    const ends: string[] = [];
    for (let wave = 0; wave < 20; wave++) ends.push(...(await Promise.all(Array.from({ length: 25 }, broken))));
    expect(new Set(ends)).toEqual(new Set(["upstream_stream_interrupted after 40"]));
    await expect.poll(() => harness.gateway.metering.waiting(), { timeout: 10_000 }).toBe(0);
    const rows = await harness.database.db.usageRecord.findMany({ where: { requestId: { in: ids } } });
    expect(rows.length).toBe(500);
    for (const row of rows) expect([row.outputTokens, row.chargeNano]).toEqual([40, BigInt(row.inputTokens) * 100n + 8_000n]);
  }, 60_000);

  test("an answer can be sent back as the next turn", async () => {
    const first = await client().chat.completions.create({
      model: harness.model,
      messages: user(wallPrompt({ tokens: 1, reasoning: ["x"] })),
    });
    const [choice] = first.choices;
    if (!choice) throw new Error("no choice");
    const second = await client().chat.completions.create({
      model: harness.model,
      messages: [choice.message, ...user(wallPrompt({ tokens: 2 }))],
    });
    expect(second.choices[0]?.message.content).toBe("t1 t2 ");
  });

  test("a stream that breaks throws, each time", async () => {
    for (const fault of ["reset", "end", "malformed"] as const) {
      for (let turn = 0; turn < 10; turn++) {
        const stream = await client().chat.completions.create({
          model: harness.model,
          messages: user(wallPrompt({ tokens: 60, fault, after: 40 })),
          stream: true,
        });
        let seen = 0;
        const reading = (async () => {
          for await (const chunk of stream) if (chunk.choices[0]?.delta.content) seen++;
        })();
        await expect(reading).rejects.toMatchObject({
          code: fault === "malformed" ? "upstream_invalid_response" : "upstream_stream_interrupted",
        });
        expect(seen).toBe(40);
      }
    }
  });

  test("errors have status, code and request id; those that stay are not retried", async () => {
    const ask = (key: string, model: string) => client("/v1", key).chat.completions.create({ model, messages: user("hi") });
    await expect(ask("sk-hy-no", harness.model)).rejects.toMatchObject({ status: 401, code: "invalid_api_key" });
    await expect(ask(harness.caller.key, "public/none")).rejects.toMatchObject({ status: 404, code: "model_not_found", param: "model" });
    const poor = await makeCaller(harness.database.db, 0n);
    const started = performance.now();
    const error = await ask(poor.key, harness.model).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ status: 429, code: "credit_balance_exhausted", type: "insufficient_quota" });
    expect(error).toHaveProperty(error instanceof OpenAI.APIError ? "requestID" : "request_id", expect.stringMatching(/^req_/));
    expect(performance.now() - started).toBeLessThan(400);
  });

  test("leaving a stream closes the instance", async () => {
    const stream = await client().chat.completions.create({
      model: harness.model,
      messages: user(wallPrompt({ tokens: 1_000, delayMs: 2 })),
      stream: true,
    });
    const call = harness.wall.call();
    for await (const _ of stream) break;
    await expect.poll(() => call.closedByPeerAt, { timeout: 1_000 }).not.toBeNull();
  });
});

describe("openai 3, standing for Python's 0.28", () => {
  const client = (path: string, apiKey = harness.caller.key) =>
    new OpenAIApi(new Configuration({ basePath: `${harness.url}${path}`, apiKey }));

  test.each(["", "/v1"])("base path '%s': completion and chat", async (path) => {
    const completion = await client(path).createCompletion({ model: harness.model, prompt: wallPrompt({ tokens: 2 }) });
    expect(completion.data.choices[0]?.text).toBe("t1 t2 ");
    expect(completion.data.choices[0]?.finish_reason).toBe("stop");
    const chat = await client(path).createChatCompletion({ model: harness.model, messages: user(wallPrompt({ tokens: 2 })) });
    expect(chat.data.choices[0]?.message?.content).toBe("t1 t2 ");
  });

  test("errors", async () => {
    const error = await client("", "wrong")
      .createCompletion({ model: harness.model, prompt: "a" })
      .catch((thrown: { response: { status: number; data: unknown } }) => thrown.response);
    expect(error).toMatchObject({ status: 401, data: { error: { code: "invalid_api_key" } } });
  });
});

describe("raw requests", () => {
  /** Sends a request as bytes and reads the whole answer. */
  function replay(head: string[], body: object): Promise<{ status: number; head: string; body: string }> {
    const text = JSON.stringify(body);
    const bytes = `${[...head, `Content-Length: ${Buffer.byteLength(text)}`, "Connection: close"].join("\r\n")}\r\n\r\n${text}`;
    return new Promise((resolve, reject) => {
      const socket = connect(harness.port, "127.0.0.1", () => socket.write(bytes));
      let answer = "";
      socket.on("data", (piece) => {
        answer += piece;
      });
      socket.on("error", reject);
      socket.on("close", () => {
        const [top = "", rest = ""] = answer.split(/\r\n\r\n(.*)/s);
        resolve({ status: Number(top.split(" ")[1]), head: top.toLowerCase(), body: rest });
      });
    });
  }

  test("what Python's openai 0.28 sends for Completion.create", async () => {
    const head = [
      "POST /completions HTTP/1.1",
      `Host: 127.0.0.1:${harness.port}`,
      'X-OpenAI-Client-User-Agent: {"bindings_version": "0.28.1", "httplib": "requests", "lang": "python", "lang_version": "3.11.4", "platform": "Linux", "publisher": "openai"}',
      "User-Agent: OpenAI/v1 PythonBindings/0.28.1",
      `Authorization: Bearer ${harness.caller.key}`,
      "Content-Type: application/json",
      "Accept-Encoding: gzip, deflate",
      "Accept: */*",
    ];
    const answer = await replay(head, { model: harness.model, prompt: wallPrompt({ tokens: 2 }) });
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body).choices[0]).toMatchObject({ text: "t1 t2 ", finish_reason: "stop" });
  });

  test.each([false, true])("what Python's openai 1.x sends for chat.completions.create (stream %s)", async (stream) => {
    const head = [
      "POST /v1/chat/completions HTTP/1.1",
      `Host: 127.0.0.1:${harness.port}`,
      "Accept-Encoding: gzip, deflate",
      "Accept: application/json",
      "Content-Type: application/json",
      "User-Agent: OpenAI/Python 1.99.9",
      "X-Stainless-Lang: python",
      "X-Stainless-Package-Version: 1.99.9",
      "X-Stainless-OS: Linux",
      "X-Stainless-Arch: x64",
      "X-Stainless-Runtime: CPython",
      "X-Stainless-Runtime-Version: 3.12.3",
      `Authorization: Bearer ${harness.caller.key}`,
      "X-Stainless-Async: false",
      "x-stainless-retry-count: 0",
      "x-stainless-read-timeout: 600",
    ];
    const messages = [...user("hello!"), ...user(wallPrompt({ tokens: 2 }))];
    const answer = await replay(head, { messages, model: harness.model, ...(stream ? { stream } : {}) });
    expect(answer.status).toBe(200);
    if (stream) expect(answer.body).toContain("data: [DONE]");
    else expect(JSON.parse(answer.body).choices[0].message.content).toBe("t1 t2 ");
  });

  test("the curl sample", async () => {
    await makePublicService(harness.database.db, { name: "test", endpoints: [harness.wall.url] });
    const body = { model: "public/test", messages: user("Say this is a test!"), temperature: 0.7 };
    const answer = await harness.post("/v1/chat/completions", body);
    expect(await answer.json()).toMatchObject({ choices: [{ message: { role: "assistant" }, finish_reason: "stop" }], usage: {} });
    const streamed = await harness.post("/v1/chat/completions", { ...body, stream: true });
    expect(readEvents(await streamed.text()).data.at(-1)).toBe("[DONE]");
  });
});
