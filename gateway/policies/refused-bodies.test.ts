import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Harness, startHarness } from "#gateway/testing/harness.ts";
import { type Refusal, rawErrorOf, refusalOf, sendRaw } from "#gateway/testing/refusal.ts";

let harness: Harness;

beforeAll(async () => {
  harness = await startHarness({ maxContainers: 25_000 });
});
afterAll(() => harness.close());

const messages = [{ role: "user", content: "hello" }];

async function refused(body: unknown, headers: Record<string, string> = {}, path = "/v1/chat/completions"): Promise<Refusal> {
  return refusalOf(await harness.post(path, body, headers));
}

describe("bodies", () => {
  const cases: [name: string, body: unknown, status: number, code: string, param: string | null][] = [
    ["an array", [], 400, "invalid_type", null],
    ["half an object", "{", 400, "invalid_json", null],
    ["nothing", "", 400, "invalid_json", null],
    ["no model", { messages }, 400, "missing_required_parameter", "model"],
    ["model as object", { model: {}, messages }, 400, "invalid_type", "model"],
    ["no messages", { model: "public/wall" }, 400, "missing_required_parameter", "messages"],
    ["empty messages", { model: "public/wall", messages: [] }, 400, "invalid_value", "messages"],
    [
      "a message without content",
      { model: "public/wall", messages: [{ role: "user" }] },
      400,
      "missing_required_parameter",
      "messages[0].content",
    ],
    ["an unknown role", { model: "public/wall", messages: [{ role: "boss", content: "" }] }, 400, "invalid_value", "messages[0].role"],
    ["content as number", { model: "public/wall", messages: [{ role: "user", content: 1 }] }, 400, "invalid_type", "messages[0].content"],
    [
      "an unknown part",
      { model: "public/wall", messages: [{ role: "user", content: [{ type: "video_url", video_url: { url: "http://a" } }] }] },
      400,
      "invalid_value",
      "messages[0].content[0].type",
    ],
    ["max_tokens -1", { model: "public/wall", messages, max_tokens: -1 }, 400, "invalid_value", "max_tokens"],
    ["max_tokens as text", { model: "public/wall", messages, max_tokens: "10" }, 400, "invalid_type", "max_tokens"],
    [
      "max_tokens 1e400",
      '{"model":"public/wall","messages":[{"role":"user","content":"a"}],"max_tokens":1e400}',
      400,
      "invalid_value",
      "max_tokens",
    ],
    ["n 1000", { model: "public/wall", messages, n: 1000 }, 400, "invalid_value", "n"],
    ["temperature 3", { model: "public/wall", messages, temperature: 3 }, 400, "invalid_value", "temperature"],
    ["an unknown member", { model: "public/wall", messages, owner: "me" }, 400, "unknown_parameter", "owner"],
    [
      "an unknown stream option",
      { model: "public/wall", messages, stream_options: { x: 1 } },
      400,
      "unknown_parameter",
      "stream_options.x",
    ],
    [
      "a member of the language's own",
      '{"model":"public/wall","messages":[{"role":"user","content":"a"}],"__proto__":{"user":"x"}}',
      400,
      "unknown_parameter",
      "__proto__",
    ],
    ["10,001 messages", { model: "public/wall", messages: Array(10_001).fill(messages[0]) }, 400, "request_too_complex", "messages"],
    ["depth 65", `{"model":"public/wall","x":${"[".repeat(64)}${"]".repeat(64)}}`, 400, "request_too_complex", null],
    ["2 MB of brackets", "[".repeat(2_000_000), 400, "request_too_complex", null],
    ["many small objects", `{"model":[${"{},".repeat(26_000)}{}]}`, 400, "request_too_complex", null],
    [
      "half a surrogate pair",
      '{"model":"public/wall","messages":[{"role":"user","content":"\\ud800"}]}',
      400,
      "invalid_unicode",
      "messages[0].content",
    ],
    ["an image address", imageMessage("https://169.254.169.254/a.png"), 400, "unsupported_image_url", "messages[0].content[0].image_url"],
    ["an image file", imageMessage("file:///etc/passwd"), 400, "unsupported_image_url", "messages[0].content[0].image_url"],
    ["no such model", { model: "public/nothing", messages }, 404, "model_not_found", "model"],
    ["a path as model", { model: "../../etc/passwd", messages }, 404, "model_not_found", "model"],
    ["SQL as model", { model: "public/a' OR 1=1 --", messages }, 404, "model_not_found", "model"],
    ["NUL in model", { model: "public/\u0000", messages }, 404, "model_not_found", "model"],
  ];
  test.each(cases)("%s", async (_, body, status, code, param) => {
    expect(await refused(body)).toMatchObject({ status, code, param, type: "invalid_request_error" });
  });

  function imageMessage(url: string): object {
    return { model: "public/wall", messages: [{ role: "user", content: [{ type: "image_url", image_url: { url } }] }] };
  }

  test("depth 64, unknown members of messages and an image inside the request are taken", async () => {
    const deep = JSON.parse("[".repeat(60) + "]".repeat(60));
    const content = [
      { type: "text", text: "hi" },
      { type: "image_url", image_url: { url: "data:image/png;base64,AA==" } },
    ];
    const body = { model: "public/wall", messages: [{ role: "user", content, annotations: [], deep }] };
    expect((await harness.post("/v1/chat/completions", body)).status).toBe(200);
  });

  test("bytes that are not UTF-8", async () => {
    const response = await fetch(`${harness.url}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${harness.caller.key}` },
      body: Buffer.from([0x7b, 0xff, 0x7d]),
    });
    expect(await refusalOf(response)).toMatchObject({ status: 400, code: "invalid_unicode" });
  });

  test.each([
    ["echo", true],
    ["suffix", "x"],
    ["best_of", 2],
    ["logprobs", 1],
  ])("legacy %s is refused by name", async (param, value) => {
    const error = await refused({ model: "public/wall", prompt: "a", [param]: value }, {}, "/v1/completions");
    expect(error).toMatchObject({ status: 400, param });
  });

  test("legacy prompts: a list of two, a list of token ids, none", async () => {
    for (const prompt of [["a", "b"], [1, 2], undefined]) {
      const error = await refused({ model: "public/wall", prompt }, {}, "/v1/completions");
      expect(error).toMatchObject({ status: 400, type: "invalid_request_error" });
      expect(error.param).toMatch(/^prompt/);
    }
  });
});

describe("media", () => {
  test.each([
    ["text", { "content-type": "text/plain" }],
    ["another charset", { "content-type": "application/json; charset=latin1" }],
    ["gzip", { "content-encoding": "gzip" }],
  ])("%s is refused", async (_, headers) => {
    expect(await refused({ model: "public/wall", messages }, headers)).toMatchObject({ status: 415, code: "unsupported_media_type" });
  });

  test("11 MB is refused before it is read", async () => {
    const head = `POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${harness.caller.key}\r\nContent-Type: application/json\r\nContent-Length: 11534336\r\n\r\n`;
    const answer = await sendRaw(harness.port, head, 300);
    expect(rawErrorOf(answer)).toEqual({ status: 413, code: "request_too_large" });
    const sent = await refused("x".repeat(11 * 1024 * 1024));
    expect(sent).toMatchObject({ status: 413, code: "request_too_large" });
  });

  test("a body without a told length is refused where it grows too large", async () => {
    const stream = new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array(1024 * 1024).fill(0x20)),
    });
    const response = await fetch(`${harness.url}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${harness.caller.key}` },
      body: stream,
      duplex: "half",
    } as RequestInit);
    expect((await refusalOf(response)).status).toBe(413);
  });
});

test("a refused call writes no usage record", async () => {
  await until(() => harness.gateway.metering.waiting() === 0);
  const before = await harness.database.db.usageRecord.count();
  await refused({ model: "public/nothing", messages });
  await refused({ model: "public/wall" });
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(await harness.database.db.usageRecord.count()).toBe(before);
});

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 10));
}
