import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Harness, startHarness } from "#gateway/testing/harness.ts";
import { refusalOf } from "#gateway/testing/refusal.ts";
import { makeSurfaceService } from "#gateway/testing/services.ts";
import { checkInvariants } from "#lib/services/invariants/check.ts";
import { makeCaller } from "#test/gateway-factory.ts";
import { wallPrompt } from "#test/wall/script.ts";

let harness: Harness;

beforeAll(async () => {
  harness = await startHarness({ firstByteMs: 400 });
  await makeSurfaceService(harness, { name: "embedder", kind: "embedding" });
  await makeSurfaceService(harness, { name: "painter", kind: "image_generation", price: { imageNano: 7_000n } });
});
afterAll(() => harness.close());

describe("embeddings", () => {
  test.each(["/v1/embeddings", "/embeddings"])("POST %s answers, and is charged by the tokens that the answer tells", async (path) => {
    const input = ["one two three", "four"];
    const response = await harness.post(path, { model: "public/embedder", input, encoding_format: "float", user: "me", dimensions: null });
    expect(response.status).toBe(200);
    const body = await response.json();
    expect(body).toMatchObject({ object: "list", model: "public/embedder", wall_extra: true, usage: { prompt_tokens: 3 } });
    expect(body.data.map((one: { index: number }) => one.index)).toEqual([0, 1]);
    const id = response.headers.get("x-request-id");
    expect(response.headers.get("x-hydra-receipt")).toBe(id);
    expect(harness.wall.call(id ?? "").body).toEqual({ model: "public/embedder", input, encoding_format: "float" });
    expect(await harness.usage(id)).toMatchObject({
      route: "/v1/embeddings",
      outcome: "completed",
      source: "engine",
      inputTokens: 3,
      outputTokens: 0,
      chargeNano: 300n,
    });
  });

  test("token ids are taken", async () => {
    for (const input of [
      [1, 2, 3],
      [[1], [2, 3]],
    ]) {
      expect((await harness.post("/v1/embeddings", { model: "public/embedder", input })).status).toBe(200);
    }
  });

  test.each([
    ["no input", {}, "missing_required_parameter", "input"],
    ["an empty text", { input: "" }, "invalid_value", "input"],
    ["an empty list", { input: [] }, "invalid_value", "input"],
    ["a stream", { input: "a", stream: true }, "unknown_parameter", "stream"],
    ["another format", { input: "a", encoding_format: "hex" }, "invalid_value", "encoding_format"],
  ])("%s is refused by name", async (_, more, code, param) => {
    const error = await refusalOf(await harness.post("/v1/embeddings", { model: "public/embedder", ...more }));
    expect(error).toMatchObject({ status: 400, code, param });
  });

  test.each([
    ["an answer that is no JSON", { fault: "malformed" as const }, 502, "upstream_invalid_response", "upstream_error"],
    ["an answer without usage, which nothing could be charged by", { usage: false }, 502, "upstream_invalid_response", "upstream_error"],
    ["200 with an error in it", { fault: "error_event" as const }, 502, "upstream_invalid_response", "upstream_error"],
    ["500 for ever", { fault: "status" as const, status: 500 }, 502, "upstream_error", "upstream_error"],
    ["429", { fault: "status" as const, status: 429 }, 503, "instance_overloaded", "upstream_error"],
    ["no answer in time", { fault: "hang" as const }, 504, "upstream_timeout", "timeout"],
  ])("%s", async (_, script, status, code, outcome) => {
    const response = await harness.post("/v1/embeddings", { model: "public/embedder", input: wallPrompt(script) });
    const error = await refusalOf(response);
    expect([error.status, error.code]).toEqual([status, code]);
    expect(error.text).not.toContain("secret detail");
    const row = await harness.usage(response.headers.get("x-request-id"));
    expect(row).toMatchObject({ outcome, status, errorCode: code, source: "none", chargeNano: 0n });
  });

  test("one's own instances may leave usage out, but not the answer", async () => {
    const owner = await makeCaller(harness.database.db);
    await makeSurfaceService(harness, { name: "own-embedder", kind: "embedding", owner });
    const ask = (script: Parameters<typeof wallPrompt>[0]) =>
      harness.post(
        "/v1/embeddings",
        { model: `${owner.workspaceName}/own-embedder`, input: wallPrompt(script) },
        { authorization: `Bearer ${owner.key}` },
      );
    expect((await ask({ usage: false })).status).toBe(200);
    expect((await refusalOf(await ask({ fault: "error_event" }))).code).toBe("upstream_invalid_response");
  });

  test("500 once is tried once more", async () => {
    const input = wallPrompt({ fault: "status", status: 500, times: 1, key: "embed-once" });
    expect((await harness.post("/v1/embeddings", { model: "public/embedder", input })).status).toBe(200);
  });

  test("a client that leaves ends the instance's work", async () => {
    const leaving = new AbortController();
    const input = wallPrompt({ delayMs: 5_000 });
    const asked = fetch(`${harness.url}/v1/embeddings`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${harness.caller.key}` },
      body: JSON.stringify({ model: "public/embedder", input }),
      signal: leaving.signal,
    }).catch(() => null);
    await expect.poll(() => harness.wall.calls.at(-1)?.body.input).toBe(input);
    const call = harness.wall.call();
    leaving.abort();
    await asked;
    await expect.poll(() => call.closedByPeerAt, { timeout: 1_000 }).not.toBeNull();
    expect(await harness.usage(call.requestId)).toMatchObject({ outcome: "client_gone", status: 499, chargeNano: 0n });
  });
});

describe("images", () => {
  test.each(["/v1/images/generations", "/images/generations"])("POST %s is charged each", async (path) => {
    const response = await harness.post(path, { model: "public/painter", prompt: "a boat", n: 3, size: "512x512", negative_prompt: "fog" });
    expect((await response.json()).data).toHaveLength(3);
    const id = response.headers.get("x-request-id");
    expect(harness.wall.call(id ?? "").body).toEqual({
      model: "public/painter",
      prompt: "a boat",
      n: 3,
      size: "512x512",
      negative_prompt: "fog",
    });
    expect(await harness.usage(id)).toMatchObject({
      outcome: "completed",
      source: "counted",
      images: 3,
      costNano: 21_000n,
      chargeNano: 21_000n,
    });
  });

  test("fewer images than asked for cost less, more cost no more than was held", async () => {
    for (const [images, cost, charge] of [
      [1, 7_000n, 7_000n],
      [4, 28_000n, 14_000n],
    ] as const) {
      const response = await harness.post("/v1/images/generations", { model: "public/painter", prompt: wallPrompt({ images }), n: 2 });
      await response.text();
      expect(await harness.usage(response.headers.get("x-request-id"))).toMatchObject({ images, costNano: cost, chargeNano: charge });
    }
    const results = await checkInvariants({ db: harness.database.db });
    expect(results.filter(({ violations, name }) => violations > 0 && /^[LU]/.test(name))).toEqual([]);
  });

  test("a model whose price names no images cannot be called", async () => {
    await makeSurfaceService(harness, { name: "unpriced-painter", kind: "image_generation" });
    const error = await refusalOf(await harness.post("/v1/images/generations", { model: "public/unpriced-painter", prompt: "a" }));
    expect(error).toMatchObject({ status: 503, code: "model_not_priced" });
  });

  test.each([
    [{ prompt: "" }, "prompt"],
    [{ prompt: "a", n: 11 }, "n"],
    [{ prompt: "a", size: "big" }, "size"],
    [{ prompt: "a", owner: "me" }, "owner"],
  ])("%j is refused by name", async (more, param) => {
    expect(await refusalOf(await harness.post("/v1/images/generations", { model: "public/painter", ...more }))).toMatchObject({
      status: 400,
      param,
    });
  });
});

test("a balance for two images pays two of ten parallel calls", async () => {
  const caller = await makeCaller(harness.database.db, 15_000n);
  const answers = await Promise.all(
    Array.from({ length: 10 }, () =>
      harness.post("/v1/images/generations", { model: "public/painter", prompt: "a" }, { authorization: `Bearer ${caller.key}` }),
    ),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, ...Array(8).fill(429)]);
});

test.each([
  ["/v1/embeddings", { model: "public/wall", input: "a" }, "/v1/chat/completions"],
  ["/v1/embeddings", { model: "public/painter", input: "a" }, "/v1/images/generations"],
  ["/v1/images/generations", { model: "public/embedder", prompt: "a" }, "/v1/embeddings"],
  ["/v1/chat/completions", { model: "public/painter", messages: [{ role: "user", content: "a" }] }, "/v1/images/generations"],
])("%s with a model for something else names the right address", async (path, body, right) => {
  const error = await refusalOf(await harness.post(path, body));
  expect(error).toMatchObject({ status: 404, code: "model_not_found", param: "model" });
  expect(error.message).toContain(right);
});
