import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type Harness, readEvents, startHarness } from "#gateway/testing/harness.ts";
import { refusalOf } from "#gateway/testing/refusal.ts";
import { makePublicService } from "#test/gateway-factory.ts";
import { type WallScriptInput, wallPrompt } from "#test/wall/script.ts";
import { startWall, type Wall } from "#test/wall/wall.ts";

const limitMs = 500;
let harness: Harness;
const walls: Wall[] = [];

beforeAll(async () => {
  harness = await startHarness({ firstByteMs: limitMs, idleMs: limitMs, heartbeatMs: 100, connectMs: 300 });
});
afterAll(async () => {
  await harness.close();
  await Promise.all(walls.map((wall) => wall.close()));
});

afterEach(async () => {
  const probe = await ask({});
  expect(probe.status).toBe(200);
  await probe.text();
});

function ask(script: WallScriptInput, more: object = {}, model = harness.model): Promise<Response> {
  return harness.post("/v1/chat/completions", { model, messages: [{ role: "user", content: wallPrompt(script) }], ...more });
}

/** A service of several instances, each a wall with a script of its own. */
async function several(name: string, scripts: WallScriptInput[]): Promise<{ model: string; walls: Wall[]; instanceIds: string[] }> {
  const own = await Promise.all(scripts.map((script) => startWall({ script })));
  walls.push(...own);
  const { instanceIds } = await makePublicService(harness.database.db, { name, endpoints: own.map((wall) => wall.url) });
  return { model: `public/${name}`, walls: own, instanceIds };
}

async function brokenStream(response: Response): Promise<{ tokens: number; code: string; comments: number }> {
  expect(response.status).toBe(200);
  const { data, comments } = readEvents(await response.text());
  expect(data).not.toContain("[DONE]");
  const { error } = JSON.parse(data.pop() as string);
  expect(Object.keys(error).sort()).toEqual(["code", "message", "param", "type"]);
  expect(error.type).toBe("server_error");
  for (const text of data) expect(JSON.parse(text).error).toBeUndefined();
  return { tokens: data.filter((text) => JSON.parse(text).choices[0].delta.content).length, code: error.code, comments: comments.length };
}

const price = { input: 100n, output: 200n };

async function expectMetered(
  response: Response,
  expected: { outcome: string; outputTokens: number; errorCode: string | null },
): Promise<void> {
  const requestId = response.headers.get("x-request-id");
  const row = await harness.usage(requestId);
  expect(row).toMatchObject(expected);
  const call = harness.wall.calls.findLast((one) => one.requestId === requestId);
  if (expected.outputTokens === 0) {
    expect(row).toMatchObject({ inputTokens: 0, costNano: 0n, chargeNano: 0n, source: "none" });
    return;
  }
  expect(call?.emitted).toBe(expected.outputTokens);
  expect(row.inputTokens).toBe(call?.promptTokens);
  expect(row.costNano).toBe(BigInt(row.inputTokens) * price.input + BigInt(row.outputTokens) * price.output);
  expect(row.chargeNano).toBe(row.costNano);
}

describe("after the commit", () => {
  test.each([
    ["1: the instance dies after 40 of 60 tokens", { tokens: 60, fault: "reset", after: 40 }, "upstream_stream_interrupted"],
    ["2: a clean end without finish_reason", { tokens: 60, fault: "end", after: 40 }, "upstream_stream_interrupted"],
    ["6: an event that is no JSON", { tokens: 60, fault: "malformed", after: 40 }, "upstream_invalid_response"],
    ["8: a line that never ends", { tokens: 60, fault: "long_line", after: 40 }, "upstream_invalid_response"],
    ["an error event of the engine", { tokens: 60, fault: "error_event", after: 40 }, "upstream_error"],
  ] as [string, WallScriptInput, string][])("%s ends the stream with one error event", async (_, script, errorCode) => {
    const calls = harness.wall.calls.length;
    const response = await ask(script, { stream: true });
    expect(await brokenStream(response)).toMatchObject({ tokens: 40, code: errorCode });
    expect(harness.wall.calls.length).toBe(calls + 1);
    await expectMetered(response, { outcome: "upstream_error", outputTokens: 40, errorCode });
    const whole = await ask(script);
    expect(await refusalOf(whole)).toMatchObject({ status: 502, code: errorCode });
    await expectMetered(whole, { outcome: "upstream_error", outputTokens: 40, errorCode });
  });

  test("8: a line that never ends costs little memory", async () => {
    const before = process.memoryUsage().rss;
    await (await ask({ tokens: 3, fault: "long_line", after: 1 }, { stream: true })).text();
    expect(process.memoryUsage().rss - before).toBeLessThan(32 * 1024 * 1024);
  });

  test("5: a stall brings heartbeats, then an error event, and the instance is left", async () => {
    const response = await ask({ tokens: 9, fault: "stall", after: 4 }, { stream: true });
    const broken = await brokenStream(response);
    expect(broken).toMatchObject({ tokens: 4, code: "upstream_timeout" });
    expect(broken.comments).toBeGreaterThanOrEqual(3);
    await expectMetered(response, { outcome: "timeout", outputTokens: 4, errorCode: "upstream_timeout" });
    await expect.poll(() => harness.wall.call(response.headers.get("x-request-id") ?? "").closedByPeerAt).not.toBeNull();
  });

  test("7: a character that is cut at the end is an error, and no replacement character is seen", async () => {
    const response = await ask({ text: ["ab", "世界"], fault: "cut_character" }, { stream: true });
    const text = await response.text();
    expect(text).not.toContain("\uFFFD");
    expect(text).not.toContain("[DONE]");
    expect(text).toContain("upstream_stream_interrupted");
  });
});

describe("before the commit", () => {
  test("4: an instance that never answers is a 504 in time, and costs nothing", async () => {
    for (const more of [{}, { stream: true }]) {
      const started = performance.now();
      const response = await ask({ fault: "hang" }, more);
      expect(await refusalOf(response)).toMatchObject({ status: 504, code: "upstream_timeout" });
      expect(performance.now() - started).toBeLessThan(limitMs + 1_000);
      await expectMetered(response, { outcome: "timeout", outputTokens: 0, errorCode: "upstream_timeout" });
      await expect.poll(() => harness.wall.call(response.headers.get("x-request-id") ?? "").closedByPeerAt).not.toBeNull();
    }
  });

  test("4: one other instance is tried; two that hang are a 504 within the same limit", async () => {
    const mixed = await several("hang-one", [{ fault: "hang" }, { tokens: 2 }]);
    for (let call = 0; call < 4; call++) expect((await ask({}, {}, mixed.model)).status).toBe(200);
    expect(mixed.walls[0]?.calls.length).toBeGreaterThan(0);
    const both = await several("hang-both", [{ fault: "hang" }, { fault: "hang" }]);
    const started = performance.now();
    expect((await ask({}, {}, both.model)).status).toBe(504);
    expect(performance.now() - started).toBeLessThan(limitMs + 1_000);
    expect(both.walls.map((wall) => wall.calls.length)).toEqual([1, 1]);
  });

  test("an instance that fails again and again gets no calls, and gets them again when it is well", async () => {
    const sick: WallScriptInput = { fault: "status", status: 500, times: 3, key: "sick" };
    const mixed = await several("sick-one", [sick, {}]);
    const [first] = mixed.walls;
    const callUntil = async (count: number) => {
      for (let call = 0; call < 20 && (first?.calls.length ?? 0) < count; call++) expect((await ask({}, {}, mixed.model)).status).toBe(200);
    };
    await callUntil(3);
    for (let call = 0; call < 8; call++) expect((await ask({}, {}, mixed.model)).status).toBe(200);
    expect(first?.calls.length).toBe(3);
    await new Promise((resolve) => setTimeout(resolve, 1_050));
    await callUntil(6);
    expect(first?.calls.length).toBe(6);
  });

  test("9: HTML is a 502 before any header of a stream", async () => {
    const response = await ask({ fault: "html" }, { stream: true });
    expect(await refusalOf(response)).toMatchObject({ status: 502, code: "upstream_invalid_response" });
    await expectMetered(response, { outcome: "upstream_error", outputTokens: 0, errorCode: "upstream_invalid_response" });
  });

  test("10: 429 goes to another instance, else becomes 503 with the same Retry-After", async () => {
    const busy: WallScriptInput = { fault: "status", status: 429, retryAfter: "7" };
    const mixed = await several("busy-one", [busy, {}]);
    for (let call = 0; call < 4; call++) expect((await ask({}, {}, mixed.model)).status).toBe(200);
    const all = await several("busy-all", [busy, busy, busy]);
    const error = await refusalOf(await ask({}, {}, all.model));
    expect(error).toMatchObject({ status: 503, code: "instance_overloaded" });
    expect(error.headers.get("retry-after")).toBe("7");
    expect(all.walls.reduce((sum, wall) => sum + wall.calls.length, 0)).toBe(2);
    const far = await refusalOf(await ask({ ...busy, retryAfter: "86400" }));
    expect(far.headers.get("x-should-retry")).toBe("false");
  });

  test("11: 500 once is not seen; 500 always is a 502 after two attempts, and its body stays inside", async () => {
    expect((await ask({ fault: "status", times: 1, key: "once" })).status).toBe(200);
    const calls = harness.wall.calls.length;
    const response = await ask({ fault: "status" });
    const error = await refusalOf(response);
    expect(error).toMatchObject({ status: 502, code: "upstream_error" });
    expect(error.text).not.toContain("secret detail");
    expect(harness.wall.calls.length).toBe(calls + 2);
    await expectMetered(response, { outcome: "upstream_error", outputTokens: 0, errorCode: "upstream_error" });
  });

  test.each([
    ["dies before the first token", { fault: "reset", times: 1, key: "early-reset" }],
    ["ends after the role", { fault: "end", times: 1, key: "early-end" }],
  ] as [string, WallScriptInput][])("an instance that %s is tried once more", async (_, script) => {
    const response = await ask({ ...script, tokens: 2 }, { stream: true });
    const { data } = readEvents(await response.text());
    expect(data.at(-1)).toBe("[DONE]");
    await expectMetered(response, { outcome: "completed", outputTokens: 2, errorCode: null });
  });

  test("an instance whose port is closed is passed over; a service of such ones is a 502", async () => {
    const mixed = await several("gone-one", [{}, {}]);
    await mixed.walls[0]?.close();
    for (let call = 0; call < 4; call++) expect((await ask({}, {}, mixed.model)).status).toBe(200);
    await mixed.walls[1]?.close();
    expect(await refusalOf(await ask({}, {}, mixed.model))).toMatchObject({ status: 502, code: "upstream_error" });
  });

  test("what the instance refuses is the client's 400, with its sentence", async () => {
    const message = "This model's maximum context length is 1024 tokens.";
    const response = await ask({ fault: "status", status: 400, message });
    expect(await refusalOf(response)).toMatchObject({ status: 400, code: "context_length_exceeded", message });
    await expectMetered(response, { outcome: "upstream_error", outputTokens: 0, errorCode: "context_length_exceeded" });
  });
});
