import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Harness, startHarness, testSecret } from "#gateway/testing/harness.ts";
import { createLogger } from "#lib/observability/logger.ts";
import { makeCaller, type TestCaller } from "#test/gateway-factory.ts";
import { wallPrompt } from "#test/wall/script.ts";
import { type OpenGateway, openGateway } from "../open.ts";

let harness: Harness;
let second: { gateway: OpenGateway; port: number };
let dataDir: string;

beforeAll(async () => {
  harness = await startHarness();
  dataDir = await mkdtemp(join(tmpdir(), "hydra-second-"));
  const settings = { domain: "localhost", bind: "127.0.0.1", trustedProxies: [], imageHosts: [], currency: "CNY" };
  const logger = createLogger("gateway", { level: "silent", format: "json" });
  const gateway = openGateway({ databaseUrl: harness.database.url, dataDir, secret: testSecret, settings, logger });
  second = { gateway, port: await gateway.listen(0, "127.0.0.1") };
});
afterAll(async () => {
  await second.gateway.close();
  await harness.close();
  await rm(dataDir, { recursive: true });
});

async function callerWith(limits: { requestsPerMinute?: number; tokensPerMinute?: number; concurrency?: number }): Promise<TestCaller> {
  const { db } = harness.database;
  const caller = await makeCaller(db);
  await db.apiKey.update({ where: { id: caller.keyId }, data: limits });
  await harness.caughtUp();
  return caller;
}

function ask({ key }: TestCaller, port: number, content = "hello"): Promise<Response> {
  return fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
    body: JSON.stringify({ model: harness.model, messages: [{ role: "user", content }], max_tokens: 5 }),
  });
}

async function outcomes(caller: TestCaller, port: number, count: number): Promise<string[]> {
  const codes: string[] = [];
  for (let turn = 0; turn < count; turn++) {
    const body = await (await ask(caller, port)).json();
    codes.push(body.error?.code ?? "ok");
  }
  return codes;
}

/** What a key has left at a gateway, which counts for nothing itself. */
async function left({ key }: TestCaller, port: number, name: string): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${port}/v1/key`, { headers: { authorization: `Bearer ${key}` } });
  const { limits } = await response.json();
  return limits.find((limit: { name: string }) => limit.name === name).remaining;
}

test("requests per minute: two gateways keep one limit together", async () => {
  const caller = await callerWith({ requestsPerMinute: 20 });
  expect(await outcomes(caller, harness.port, 12)).toEqual(Array(12).fill("ok"));
  expect(await outcomes(caller, second.port, 1)).toEqual(["ok"]);
  await expect.poll(() => left(caller, second.port, "requests_per_minute"), { timeout: 5_000 }).toBe(7);
  await expect.poll(() => left(caller, harness.port, "requests_per_minute"), { timeout: 5_000 }).toBe(7);
  expect(await outcomes(caller, second.port, 9)).toEqual([...Array(7).fill("ok"), ...Array(2).fill("rate_limit_exceeded")]);
  const refused = await ask(caller, second.port);
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(refused.headers.get("x-ratelimit-remaining-requests")).toBe("0");
});

test("tokens per minute and calls at once count together too", async () => {
  const caller = await callerWith({ tokensPerMinute: 10_000, concurrency: 2 });
  const long = ask(caller, harness.port, wallPrompt({ tokens: 40, delayMs: 100 }));
  await outcomes(caller, second.port, 1);
  await expect.poll(() => left(caller, second.port, "concurrency"), { timeout: 5_000 }).toBe(1);
  expect(await left(caller, second.port, "tokens_per_minute")).toBeLessThan(10_000);
  const other = ask(caller, second.port, wallPrompt({ tokens: 20, delayMs: 50 }));
  await sleep(100);
  expect((await (await ask(caller, second.port)).json()).error.code).toBe("concurrency_limit_exceeded");
  await (await other).text();
  await (await long).text();
  await expect.poll(() => left(caller, second.port, "concurrency"), { timeout: 5_000 }).toBe(2);
});

test("while the exchange fails each gateway keeps the limit by itself", async () => {
  const caller = await callerWith({ requestsPerMinute: 5 });
  const { db } = harness.database;
  await db.$executeRaw`ALTER TABLE "limit_use" RENAME TO "limit_use_away"`;
  try {
    expect(await outcomes(caller, harness.port, 6)).toEqual([...Array(5).fill("ok"), "rate_limit_exceeded"]);
    await sleep(1_200);
    expect(await outcomes(caller, second.port, 6)).toEqual([...Array(5).fill("ok"), "rate_limit_exceeded"]);
  } finally {
    await db.$executeRaw`ALTER TABLE "limit_use_away" RENAME TO "limit_use"`;
  }
  await expect.poll(async () => db.limitUse.count({ where: { subject: caller.keyId } }), { timeout: 5_000 }).toBe(2);
});
