import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Harness, startHarness } from "#gateway/testing/harness.ts";
import { refusalOf } from "#gateway/testing/refusal.ts";
import { makeSurfaceService } from "#gateway/testing/services.ts";
import type { Prisma } from "#prisma/generated/client.ts";
import { makeCaller, makeService, type TestCaller } from "#test/gateway-factory.ts";
import { wallPrompt } from "#test/wall/script.ts";

let harness: Harness;
let caller: TestCaller;

beforeAll(async () => {
  harness = await startHarness({}, { trustedProxies: ["127.0.0.1"] });
});
afterAll(() => harness.close());
beforeEach(async () => {
  caller = await makeCaller(harness.database.db);
});

async function limitKey(data: Prisma.ApiKeyUncheckedUpdateInput): Promise<void> {
  await harness.database.db.apiKey.update({ where: { id: caller.keyId }, data });
  await harness.caughtUp();
}

async function limitWorkspace(data: Prisma.WorkspaceUncheckedUpdateInput): Promise<void> {
  await harness.database.db.workspace.update({ where: { id: caller.workspaceId }, data });
  await harness.caughtUp();
}

function chat(script: Parameters<typeof wallPrompt>[0] = {}, more: object = {}, headers: Record<string, string> = {}): Promise<Response> {
  const messages = [{ role: "user", content: wallPrompt(script) }];
  return harness.post(
    "/v1/chat/completions",
    { model: harness.model, messages, ...more },
    { authorization: `Bearer ${caller.key}`, ...headers },
  );
}

function get(path: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${harness.url}${path}`, { headers: { authorization: `Bearer ${caller.key}`, ...headers } });
}

describe("requests per minute", () => {
  test.each(["key", "workspace"])("of a %s", async (scope) => {
    await (scope === "key" ? limitKey : limitWorkspace)({ requestsPerMinute: 2 });
    for (const remaining of ["1", "0"]) {
      const answer = await chat({}, { stream: remaining === "0" });
      expect(answer.status).toBe(200);
      expect(answer.headers.get("x-ratelimit-limit-requests")).toBe("2");
      expect(answer.headers.get("x-ratelimit-remaining-requests")).toBe(remaining);
      expect(answer.headers.get("x-ratelimit-reset-requests")).toMatch(/^(1m[01]s|[\d.]+s)$/);
      await answer.text();
    }
    const error = await refusalOf(await chat());
    expect(error).toMatchObject({ status: 429, code: "rate_limit_exceeded", type: "rate_limit_error" });
    expect(error.message).toContain(`2 requests per minute of ${scope === "key" ? "this API key" : "your workspace"}`);
    const wait = Number(error.headers.get("retry-after"));
    expect(wait).toBeGreaterThan(50);
    expect(error.headers.get("x-should-retry")).toBe(wait > 60 ? "false" : null);
    expect(error.headers.get("x-ratelimit-remaining-requests")).toBe("0");
    // Looking at what there is costs nothing.
    const models = await get("/v1/models");
    expect([models.status, models.headers.get("x-ratelimit-remaining-requests")]).toEqual([200, "0"]);
  });

  test("it is checked before the body is read, and counted for bad bodies too", async () => {
    await limitKey({ requestsPerMinute: 1 });
    const bad = () => harness.post("/v1/chat/completions", "{", { authorization: `Bearer ${caller.key}` });
    const first = await refusalOf(await bad());
    expect([first.status, first.headers.get("x-ratelimit-remaining-requests")]).toEqual([400, "0"]);
    expect((await refusalOf(await bad())).code).toBe("rate_limit_exceeded");
  });
});

test("tokens per minute: the most a call may need is reserved, what it came to stays", async () => {
  await limitKey({ tokensPerMinute: 1_000 });
  const first = await chat({ tokens: 5 }, { max_tokens: 500 });
  expect(Number(first.headers.get("x-ratelimit-remaining-tokens"))).toBeLessThan(500);
  const { usage } = await first.json();
  const second = await get("/v1/models");
  await expect
    .poll(async () => (await get("/v1/models")).headers.get("x-ratelimit-remaining-tokens"))
    .toBe(String(1_000 - usage.total_tokens));
  expect(second.headers.get("x-ratelimit-limit-tokens")).toBe("1000");
  const running = await chat({ tokens: 20, delayMs: 20 }, { max_tokens: 500, stream: true });
  const error = await refusalOf(await chat({}, { max_tokens: 500 }));
  expect(error).toMatchObject({ status: 429, code: "rate_limit_exceeded" });
  expect(error.message).toMatch(/may need \d+ tokens.*limit of 1000 tokens per minute of this API key/);
  await running.text();
  await limitKey({ tokensPerMinute: 100 });
  const never = await refusalOf(await chat({}, { max_tokens: 500 }));
  expect(never).toMatchObject({ status: 429, code: "rate_limit_exceeded" });
  expect([never.headers.get("retry-after"), never.headers.get("x-should-retry")]).toEqual([null, "false"]);
});

test("calls at once: the place is given back by answers, refusals and clients that leave", async () => {
  await limitKey({ concurrency: 1 });
  const leaving = new AbortController();
  const running = fetch(`${harness.url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${caller.key}` },
    body: JSON.stringify({
      model: harness.model,
      messages: [{ role: "user", content: wallPrompt({ tokens: 500, delayMs: 10 }) }],
      stream: true,
    }),
    signal: leaving.signal,
  });
  await (await running).body?.getReader().read();
  const error = await refusalOf(await chat());
  expect(error).toMatchObject({ status: 429, code: "concurrency_limit_exceeded", type: "rate_limit_error" });
  expect(error.message).toContain("limit of 1 calls at once of this API key");
  expect(error.headers.get("retry-after")).toBe("1");
  leaving.abort();
  await expect.poll(async () => (await chat()).status).toBe(200);
  expect((await refusalOf(await chat({}, { n: 99 }))).status).toBe(400);
  expect((await chat()).status).toBe(200);
});

test("allowed models: others are 403, and are not listed", async () => {
  await makeSurfaceService(harness, { name: `other-${caller.keyId.slice(-6)}` });
  await limitKey({ allowedModels: [harness.model] });
  expect((await chat()).status).toBe(200);
  const other = `public/other-${caller.keyId.slice(-6)}`;
  const error = await refusalOf(await chat({}, { model: other }));
  expect(error).toMatchObject({ status: 403, code: "model_not_allowed", param: "model", type: "invalid_request_error" });
  expect((await refusalOf(await get(`/v1/models/${other}`))).code).toBe("model_not_allowed");
  expect((await refusalOf(await chat({}, { model: "public/none" }))).code).toBe("model_not_found");
  const listed = (await (await get("/v1/models")).json()).data.map((model: { id: string }) => model.id);
  expect(listed).toEqual([harness.model]);
});

test("allowed addresses: from elsewhere it is 403 and counts against no limit; a trusted proxy's word is taken", async () => {
  await limitKey({ allowedAddresses: ["203.0.113.0/24"], requestsPerMinute: 1 });
  for (let turn = 0; turn < 3; turn++) {
    const error = await refusalOf(await chat({}, {}, { "x-forwarded-for": "203.0.114.1" }));
    expect(error).toMatchObject({ status: 403, code: "address_not_allowed" });
  }
  expect((await refusalOf(await get("/v1/models"))).code).toBe("address_not_allowed");
  expect((await chat({}, {}, { "x-forwarded-for": "203.0.113.77" })).status).toBe(200);
});

describe("budgets", () => {
  test.each([
    ["day", "key", { budgetDayNano: 1n }],
    ["month", "workspace", { budgetMonthNano: 1n }],
  ] as const)("of a %s of a %s: the refusal is final and says until when", async (period, scope, limit) => {
    await (scope === "key" ? limitKey : limitWorkspace)(limit);
    const error = await refusalOf(await chat());
    expect(error).toMatchObject({ status: 429, code: "budget_exceeded", type: "insufficient_quota" });
    expect(error.message).toContain(`budget of 0.000000001 CNY a ${period} of ${scope === "key" ? "this API key" : "your workspace"}`);
    expect(error.message).toMatch(/resets at \d{4}-\d\d-\d\dT00:00:00\.000Z/);
    expect(error.headers.get("x-should-retry")).toBe("false");
    expect(Number(error.headers.get("retry-after"))).toBeGreaterThan(0);
  });

  test("parallel calls never pass it, and what was spent before a restart counts", async () => {
    // A call holds (bytes + 16) × 100 + 5 × 200 and costs 2 × 100 + 5 × 200.
    const ask = () => chat({ tokens: 5 }, { max_tokens: 5 });
    const cost = (await harness.usage((await ask()).headers.get("x-request-id"))).chargeNano;
    const hold = BigInt(Buffer.byteLength(wallPrompt({ tokens: 5 })) + 16) * 100n + 1_000n;
    await limitKey({ budgetDayNano: cost + 3n * hold });
    const answers = await Promise.all(Array.from({ length: 12 }, ask));
    const passed = answers.filter(({ status }) => status === 200);
    for (const answer of answers) await answer.text();
    expect(passed.length).toBeGreaterThanOrEqual(3);
    const charged = async () =>
      (await harness.database.db.usageRecord.aggregate({ where: { keyId: caller.keyId }, _sum: { chargeNano: true } }))._sum.chargeNano ??
      0n;
    for (const answer of passed) await harness.usage(answer.headers.get("x-request-id"));
    while ((await ask()).status === 200);
    await expect.poll(charged).toBeGreaterThan(cost + 2n * hold);
    expect(await charged()).toBeLessThanOrEqual(cost + 3n * hold);
    const spent = await harness.database.db.spendDay.findMany({ where: { subject: { in: [caller.keyId, caller.workspaceId] } } });
    await expect.poll(charged).toBe(spent[0]?.chargedNano);
    expect(spent.map(({ chargedNano }) => chargedNano)).toEqual([spent[0]?.chargedNano, spent[0]?.chargedNano]);
  });

  test("calls on one's own instances cost nothing and pass", async () => {
    await makeService(harness.database.db, { owner: caller, name: "own", billing: "instance", endpoints: [harness.wall.url] });
    await limitKey({ budgetDayNano: 1n });
    expect((await chat({}, { model: `${caller.workspaceName}/own` })).status).toBe(200);
  });
});

test("without limits there are no rate-limit headers", async () => {
  const { headers } = await chat();
  expect([...headers.keys()].filter((name) => name.startsWith("x-ratelimit"))).toEqual([]);
});

describe("GET /v1/key", () => {
  test.each(["/v1/key", "/key"])("%s tells what the key may do, what is left and when it resets", async (path) => {
    const expiresAt = new Date(Date.now() + 86_400_000);
    await limitKey({ requestsPerMinute: 5, concurrency: 2, budgetDayNano: 10n ** 9n, allowedModels: [harness.model], expiresAt });
    await limitWorkspace({ tokensPerMinute: 9_000, budgetMonthNano: 10n ** 10n });
    const answer = await chat({ tokens: 5 });
    const used = (await answer.json()).usage.total_tokens;
    const { chargeNano } = await harness.usage(answer.headers.get("x-request-id"));
    const key = await (await get(path)).json();
    expect(key).toMatchObject({
      object: "key",
      id: caller.keyId,
      workspace_id: caller.workspaceId,
      expires_at: expiresAt.toISOString(),
      allowed_models: [harness.model],
      allowed_addresses: null,
      currency: "CNY",
    });
    const moment = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(key.limits).toEqual([
      { name: "requests_per_minute", scope: "key", limit: 5, remaining: 4, resets_at: moment },
      { name: "concurrency", scope: "key", limit: 2, remaining: 2, resets_at: null },
      { name: "tokens_per_minute", scope: "workspace", limit: 9_000, remaining: 9_000 - used, resets_at: moment },
    ]);
    expect(key.budgets).toMatchObject([
      { name: "budget_day", scope: "key", limit_nano: "1000000000", remaining_nano: String(10n ** 9n - chargeNano) },
      { name: "budget_month", scope: "workspace", remaining_nano: String(10n ** 10n - chargeNano) },
    ]);
    expect((await (await get(path)).json()).limits[0].remaining).toBe(4);
    expect(JSON.stringify(key)).not.toContain(caller.key);
  });

  test("needs a key", async () => {
    expect((await refusalOf(await fetch(`${harness.url}/v1/key`))).status).toBe(401);
  });
});
