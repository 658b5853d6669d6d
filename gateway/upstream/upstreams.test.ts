import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { bearer, modelName, startEngine } from "#engine/testing/start-engine.ts";
import { type Harness, readEvents, startHarness } from "#gateway/testing/harness.ts";
import { refusalOf } from "#gateway/testing/refusal.ts";
import { makeUpstream, makeUpstreamModel } from "#gateway/testing/upstreams.ts";
import { visitor } from "#lib/services/test-context.ts";
import { removeUpstream } from "#lib/services/upstreams/remove.ts";
import { type WallScriptInput, wallPrompt } from "#test/wall/script.ts";
import { startWall, type Wall } from "#test/wall/wall.ts";

let harness: Harness;
let walls: Wall[];
const credential = "sk-vendor/canary+0123456789";

beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.close());
beforeEach(async () => {
  walls = await Promise.all([startWall(), startWall()]);
});
afterEach(async () => {
  for (const wall of walls) await wall.close();
});

const wallAt = (index: number) => walls[index] as Wall;
const chat = (slug: string, script: WallScriptInput = {}, more: object = {}) =>
  harness.post("/v1/chat/completions", { model: `public/${slug}`, messages: [{ role: "user", content: wallPrompt(script) }], ...more });

describe("what an endpoint of others is sent", () => {
  test("its own name of the model, its credential, at its own path; the caller sees the access name", async () => {
    const slug = await makeUpstreamModel(harness);
    await makeUpstream(harness, { model: slug, url: `${wallAt(0).url}/api/v3`, credential });
    const whole = await chat(slug, { tokens: 3 });
    expect(whole.status).toBe(200);
    expect(await whole.json()).toMatchObject({ model: `public/${slug}`, choices: [{ message: { content: "t1 t2 t3 " } }] });
    expect(wallAt(0).call()).toMatchObject({ path: "/api/v3/chat/completions", authorization: `Bearer ${credential}` });
    expect(wallAt(0).call().body).toMatchObject({ model: "its-own-name", stream: true, stream_options: { include_usage: true } });
    expect(wallAt(0).call().body.stream_options?.continuous_usage_stats).toBeUndefined();

    const streamed = await chat(slug, { tokens: 2 }, { stream: true });
    const { data } = readEvents(await streamed.text());
    expect(data.at(-1)).toBe("[DONE]");
    for (const event of data.slice(0, -1)) expect(JSON.parse(event).model).toBe(`public/${slug}`);
    expect(await harness.usage(streamed.headers.get("x-request-id"))).toMatchObject({ outcome: "completed", outputTokens: 2 });

    // A chat model answers the legacy route too.
    const legacy = await harness.post("/v1/completions", { model: `public/${slug}`, prompt: wallPrompt({ tokens: 2 }) });
    expect(await legacy.json()).toMatchObject({ object: "text_completion", choices: [{ text: "t1 t2 " }] });
    expect(wallAt(0).call().path).toBe("/api/v3/chat/completions");
  });

  test("no bearer at all where it asks for none", async () => {
    const slug = await makeUpstreamModel(harness);
    await makeUpstream(harness, { model: slug, url: wallAt(0).url });
    expect((await chat(slug)).status).toBe(200);
    expect(wallAt(0).call()).toMatchObject({ path: "/v1/chat/completions", authorization: "" });
  });

  test("embeddings and images go to their own routes", async () => {
    const [embedder, painter] = [await makeUpstreamModel(harness, "embedding"), await makeUpstreamModel(harness, "image_generation")];
    for (const model of [embedder, painter]) await makeUpstream(harness, { model, url: `${wallAt(0).url}/v2`, credential });
    const vectors = await harness.post("/v1/embeddings", { model: `public/${embedder}`, input: ["a", "b"] });
    expect((await vectors.json()).data).toHaveLength(2);
    expect(wallAt(0).call()).toMatchObject({ path: "/v2/embeddings", authorization: `Bearer ${credential}` });
    expect(wallAt(0).call().body.model).toBe("its-own-name");
    const images = await harness.post("/v1/images/generations", { model: `public/${painter}`, prompt: "a cat", n: 2 });
    expect((await images.json()).data).toHaveLength(2);
    expect(wallAt(0).call()).toMatchObject({ path: "/v2/images/generations" });
    expect(await harness.usage(images.headers.get("x-request-id"))).toMatchObject({ outcome: "completed" });
  });

  test("each endpoint its own name and credential, also when one call goes to both", async () => {
    const slug = await makeUpstreamModel(harness);
    await makeUpstream(harness, { model: slug, url: wallAt(0).url, credential: "sk-one", upstreamModel: "one" });
    await makeUpstream(harness, { model: slug, url: wallAt(1).url, credential: "sk-two", upstreamModel: "two" });
    const tried = async () =>
      chat(slug, { fault: "status", status: 500, times: 1, key: `${slug} ${walls.flatMap((wall) => wall.calls).length}` });
    for (let count = 0; count < 4; count++) expect((await tried()).status).toBe(502);
    for (const [index, name] of ["one", "two"].entries()) {
      expect(wallAt(index).calls).toHaveLength(4);
      for (const call of wallAt(index).calls) expect([call.body.model, call.authorization]).toEqual([name, `Bearer sk-${name}`]);
    }
  });
});

test("a real engine is called like any other endpoint, and what it says it used is what is charged", async () => {
  const engine = await startEngine();
  try {
    const slug = await makeUpstreamModel(harness);
    await makeUpstream(harness, { model: slug, url: engine.url, credential: bearer, upstreamModel: modelName });
    const body = { model: `public/${slug}`, messages: [{ role: "user", content: "Hello!" }], temperature: 0, max_tokens: 20 };
    const whole = await harness.post("/v1/chat/completions", body);
    const { model, usage, choices } = await whole.json();
    expect(model).toBe(`public/${slug}`);
    expect(choices[0].message.content).toMatch(/\w/);
    const row = await harness.usage(whole.headers.get("x-request-id"));
    const figures = { inputTokens: usage.prompt_tokens, outputTokens: usage.completion_tokens };
    expect(row).toMatchObject({ source: "engine", outcome: "completed", ...figures });
    expect(row.chargeNano).toBe(100n * BigInt(usage.prompt_tokens) + 200n * BigInt(usage.completion_tokens));
    const streamed = await (await harness.post("/v1/chat/completions", { ...body, stream: true })).text();
    expect(readEvents(streamed).data.at(-1)).toBe("[DONE]");
    const legacy = await harness.post("/v1/completions", { model: `public/${slug}`, prompt: "Hello!", max_tokens: 10 });
    expect((await legacy.json()).choices[0].text).toMatch(/\w/);
  } finally {
    await engine.stop();
  }
});

describe("which endpoint a call goes to", () => {
  test.each([1, 6])("weights share calls out, %i at once", async (atOnce) => {
    const slug = await makeUpstreamModel(harness);
    await makeUpstream(harness, { model: slug, url: wallAt(0).url, weight: 3 });
    await makeUpstream(harness, { model: slug, url: wallAt(1).url, weight: 1 });
    const total = 80;
    let left = total;
    const worker = async () => {
      while (left-- > 0) await (await chat(slug, { tokens: 2, delayMs: atOnce > 1 ? 3 : 0 })).text();
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
    const share = wallAt(0).calls.length / total;
    expect(wallAt(1).calls.length).toBe(total - wallAt(0).calls.length);
    expect(share).toBeGreaterThan(0.68);
    expect(share).toBeLessThan(0.82);
  });

  test("no more at once than each may have: then another one, then 503 with a word when to come back", async () => {
    const slug = await makeUpstreamModel(harness);
    await makeUpstream(harness, { model: slug, url: wallAt(0).url, maxConcurrency: 2 });
    await makeUpstream(harness, { model: slug, url: wallAt(1).url, maxConcurrency: 1, weight: 10 });
    const running = Array.from({ length: 3 }, () => chat(slug, { tokens: 2, delayMs: 300 }));
    await expect.poll(() => walls.map((wall) => wall.calls.length)).toEqual([2, 1]);
    const refused = await chat(slug);
    expect(refused.headers.get("retry-after")).toBe("1");
    expect(await refusalOf(refused)).toMatchObject({ status: 503, code: "instance_overloaded" });
    expect(await harness.usage(refused.headers.get("x-request-id"))).toMatchObject({ chargeNano: 0n, outcome: "upstream_error" });
    for (const call of running) expect((await call).status).toBe(200);
    for (const call of running) await (await call).text();
    expect((await chat(slug)).status).toBe(200);
    expect(walls.map((wall) => wall.calls.length).reduce((sum, count) => sum + count)).toBe(4);
  });

  test("whole answers keep to the bound too; a failed attempt may be repeated at the only one", async () => {
    const slug = await makeUpstreamModel(harness, "embedding");
    await makeUpstream(harness, { model: slug, url: wallAt(0).url, maxConcurrency: 1 });
    const ask = (script: WallScriptInput) => harness.post("/v1/embeddings", { model: `public/${slug}`, input: wallPrompt(script) });
    const running = ask({ delayMs: 300 });
    await expect.poll(() => wallAt(0).calls.length).toBe(1);
    expect(await refusalOf(await ask({}))).toMatchObject({ status: 503, code: "instance_overloaded" });
    expect((await running).status).toBe(200);
    expect((await ask({ fault: "status", status: 500, times: 1, key: slug })).status).toBe(200);
    const text = await makeUpstreamModel(harness);
    await makeUpstream(harness, { model: text, url: wallAt(0).url, maxConcurrency: 1 });
    expect((await chat(text, { fault: "status", status: 500, times: 1, key: text })).status).toBe(200);
  });
});

describe("what an operator changes", () => {
  test("another credential is used from the moment that the change has answered", async () => {
    const slug = await makeUpstreamModel(harness);
    wallAt(0).access.key = "sk-old";
    await makeUpstream(harness, { model: slug, url: wallAt(0).url, credential: "sk-old" });
    expect((await chat(slug)).status).toBe(200);
    wallAt(0).access.key = "sk-new";
    expect((await chat(slug)).status).toBe(502);
    await makeUpstream(harness, { model: slug, url: wallAt(0).url, credential: "sk-new", weight: 7 });
    expect((await chat(slug)).status).toBe(200);
    expect(wallAt(0).call().authorization).toBe("Bearer sk-new");
  });

  test("a removed one gets no call, whatever its instance's row says", async () => {
    const slug = await makeUpstreamModel(harness);
    const { id, instanceId } = await makeUpstream(harness, { model: slug, url: wallAt(0).url, credential });
    await makeUpstream(harness, { model: slug, url: wallAt(1).url, credential });
    await removeUpstream({ ctx: { ...visitor(harness.database.db), cli: true }, input: { id } });
    expect(await harness.database.db.instance.findUnique({ where: { id: instanceId } })).toMatchObject({ state: "ready" });
    for (let count = 0; count < 6; count++) expect((await chat(slug)).status).toBe(200);
    expect(walls.map((wall) => wall.calls.length)).toEqual([0, 6]);
  });

  test("what was sealed with another secret is not called", async () => {
    const slug = await makeUpstreamModel(harness);
    const { db } = harness.database;
    const { id } = await makeUpstream(harness, { model: slug, url: wallAt(0).url, credential });
    const { credentialCipher } = await db.upstreamEndpoint.findUniqueOrThrow({ where: { id } });
    const changed = new Uint8Array(credentialCipher ?? []);
    changed[20] = (changed[20] ?? 0) ^ 1;
    await db.upstreamEndpoint.update({ where: { id }, data: { credentialCipher: changed } });
    await harness.caughtUp();
    expect(await refusalOf(await chat(slug))).toMatchObject({ status: 503, code: "service_not_ready" });
    expect(wallAt(0).calls).toEqual([]);
    await removeUpstream({ ctx: { ...visitor(db), cli: true }, input: { id } });
  });
});

describe("what comes back", () => {
  test("a credential that the endpoint repeats reaches no caller", async () => {
    const slug = await makeUpstreamModel(harness);
    await makeUpstream(harness, { model: slug, url: wallAt(0).url, credential });
    const scripts: WallScriptInput[] = [
      { fault: "status", status: 400, message: `bad key ${credential}` },
      { fault: "status", status: 400, message: `bad key ${credential.replaceAll("/", "\\/")}` },
      { fault: "status", status: 401, message: credential },
      { fault: "status", status: 422, message: `${"x".repeat(480)} ${credential}` },
      { fault: "status", status: 500, message: credential },
      { fault: "error_event", after: 1, message: credential },
    ];
    for (const script of scripts) {
      const text = await (await chat(slug, script)).text();
      expect(text).toContain('"error"');
      expect(text).not.toContain("canary");
    }
    wallAt(0).access.key = "sk-another";
    expect(await (await chat(slug)).text()).not.toContain("canary");
  });

  test("a redirect is a failure, and is not followed", async () => {
    const elsewhere: string[] = [];
    const server = createServer((request, response) => {
      elsewhere.push(request.url ?? "");
      response.writeHead(307, { location: `${wallAt(0).url}/v1/chat/completions` }).end();
    }).listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    for (const kind of ["text_generation", "embedding"] as const) {
      const slug = await makeUpstreamModel(harness, kind);
      await makeUpstream(harness, { model: slug, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, credential });
      const answer =
        kind === "embedding" ? await harness.post("/v1/embeddings", { model: `public/${slug}`, input: "a" }) : await chat(slug);
      expect(await refusalOf(answer)).toMatchObject({ status: 502, code: "upstream_error" });
    }
    server.close();
    expect(elsewhere).toEqual(["/v1/chat/completions", "/v1/embeddings"]);
    expect(wallAt(0).calls).toEqual([]);
  });
});
