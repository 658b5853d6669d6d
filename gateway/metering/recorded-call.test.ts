import { afterAll, beforeAll, expect, test } from "vitest";
import { type Harness, startHarness } from "#gateway/testing/harness.ts";
import { makeCaller, makeService } from "#test/gateway-factory.ts";
import { wallPrompt } from "#test/wall/script.ts";
import { expectSound, walletOf } from "./testing/money.ts";

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.close());

test("a call leaves one row with everything in it, and moves its charge from wallet to revenue", async () => {
  const { db } = harness.database;
  const caller = await makeCaller(db);
  await harness.caughtUp();
  const before = await walletOf(db, caller.workspaceId);
  const body = { model: harness.model, stream: true, messages: [{ role: "user", content: wallPrompt({ tokens: 7 }) }] };
  const response = await harness.post("/chat/completions", body, { authorization: `Bearer ${caller.key}` });
  await response.text();
  const row = await harness.usage(response.headers.get("x-request-id"));
  const call = harness.wall.call(row.requestId);
  expect(row).toMatchObject({
    ...{ workspaceId: caller.workspaceId, userId: caller.userId, keyId: caller.keyId, accessName: "public/wall" },
    ...{ route: "/v1/chat/completions", streamed: true, outcome: "completed", status: 200, errorCode: null, source: "engine" },
    ...{ inputTokens: call.promptTokens, cachedTokens: 0, outputTokens: 7 },
  });
  expect(row.instanceId).toMatch(/^ins_/);
  expect(row.firstTokenMs).toBeLessThanOrEqual(row.durationMs);
  expect(row.chargeNano).toBe(BigInt(call.promptTokens) * 100n + 7n * 200n);
  expect(before.balanceNano - (await walletOf(db, caller.workspaceId)).balanceNano).toBe(row.chargeNano);
  await expectSound(db);
});

test("a call on one's own instances needs no credit, costs nothing and posts nothing", async () => {
  const { db } = harness.database;
  const caller = await makeCaller(db, 0n);
  await makeService(db, { owner: caller, name: "own", billing: "instance", endpoints: [harness.wall.url] });
  await harness.caughtUp();
  const body = { model: `${caller.workspaceName}/own`, messages: [{ role: "user", content: "hi" }] };
  const response = await harness.post("/v1/chat/completions", body, { authorization: `Bearer ${caller.key}` });
  expect((await response.json()).model).toBe(`${caller.workspaceName}/own`);
  const row = await harness.usage(response.headers.get("x-request-id"));
  expect(row).toMatchObject({ outputTokens: 5, costNano: 0n, chargeNano: 0n, tokenPriceId: null, ledgerTransactionId: null });
});

test("the time of a key's last use is written, at most once a minute", async () => {
  const { db } = harness.database;
  const caller = await makeCaller(db);
  await harness.caughtUp();
  const lastUsed = async () => (await db.apiKey.findUniqueOrThrow({ where: { id: caller.keyId } })).lastUsedAt?.getTime() ?? null;
  const list = () => fetch(`${harness.url}/v1/models`, { headers: { authorization: `Bearer ${caller.key}` } });
  await list();
  await expect.poll(lastUsed, { timeout: 3_000 }).not.toBeNull();
  const first = await lastUsed();
  await list();
  await new Promise((resolve) => setTimeout(resolve, 1_200));
  expect(await lastUsed()).toBe(first);
});
