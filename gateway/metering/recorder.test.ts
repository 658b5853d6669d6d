import { afterAll, beforeAll, expect, test } from "vitest";
import { type Harness, startHarness } from "#gateway/testing/harness.ts";
import { newId } from "#lib/ids.ts";
import { createLogger } from "#lib/observability/logger.ts";
import { checkInvariants } from "#lib/services/invariants/check.ts";
import { makeCaller, makeService } from "#test/gateway-factory.ts";
import { wallPrompt } from "#test/wall/script.ts";
import type { UsageEntry } from "../ports.ts";
import { createRecorder } from "./recorder.ts";
import { settle } from "./settle.ts";

let harness: Harness;
const logger = createLogger("test", { level: "silent", format: "json" });

beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.close());

async function balanceOf(workspaceId: string): Promise<bigint> {
  return (await harness.database.db.ledgerAccount.findFirstOrThrow({ where: { workspaceId } })).balanceNano;
}

async function expectSound(): Promise<void> {
  const results = await checkInvariants({ db: harness.database.db });
  expect(results.filter((result) => result.violations > 0 && /^[LU]/.test(result.name))).toEqual([]);
}

async function entryFor(
  caller: { userId: string; workspaceId: string; keyId: string },
  more: Partial<UsageEntry> = {},
): Promise<UsageEntry> {
  const { db } = harness.database;
  const service = await db.modelService.findFirstOrThrow({ where: { name: "wall" } });
  const price = await db.tokenPrice.findFirstOrThrow({ where: { modelId: service.modelId } });
  return {
    requestId: newId("req"),
    principal: caller,
    service: { id: service.id, accessName: "public/wall" },
    modelId: service.modelId,
    instanceId: null,
    route: "/v1/chat/completions",
    streamed: false,
    outcome: "completed",
    status: 200,
    errorCode: null,
    source: "engine",
    tokens: { input: 10, cached: 4, output: 5 },
    price: { id: price.id, rates: price },
    startedAt: new Date(),
    firstTokenMs: 1,
    durationMs: 2,
    ...more,
  };
}

test("a call leaves one row with everything in it, and moves its charge from wallet to revenue", async () => {
  const { db } = harness.database;
  const caller = await makeCaller(db);
  const before = await balanceOf(caller.workspaceId);
  const body = { model: harness.model, stream: true, messages: [{ role: "user", content: wallPrompt({ tokens: 7 }) }] };
  const response = await harness.post("/chat/completions", body, { authorization: `Bearer ${caller.key}` });
  await response.text();
  const row = await harness.usage(response.headers.get("x-request-id"));
  const call = harness.wall.call(row.requestId);
  expect(row).toMatchObject({
    workspaceId: caller.workspaceId,
    userId: caller.userId,
    keyId: caller.keyId,
    accessName: "public/wall",
    route: "/v1/chat/completions",
    streamed: true,
    outcome: "completed",
    status: 200,
    errorCode: null,
    source: "engine",
    inputTokens: call.promptTokens,
    cachedTokens: 0,
    outputTokens: 7,
  });
  expect(row.instanceId).toMatch(/^ins_/);
  expect(row.firstTokenMs).toBeLessThanOrEqual(row.durationMs);
  expect(row.chargeNano).toBe(BigInt(call.promptTokens) * 100n + 7n * 200n);
  expect(before - (await balanceOf(caller.workspaceId))).toBe(row.chargeNano);
  await expectSound();
});

test("a call on one's own instances costs nothing and posts nothing", async () => {
  const { db } = harness.database;
  const caller = await makeCaller(db, 5n);
  await makeService(db, { owner: caller, name: "own", billing: "instance", endpoints: [harness.wall.url] });
  const body = { model: `${caller.workspaceName}/own`, messages: [{ role: "user", content: "hi" }] };
  const response = await harness.post("/v1/chat/completions", body, { authorization: `Bearer ${caller.key}` });
  expect((await response.json()).model).toBe(`${caller.workspaceName}/own`);
  const row = await harness.usage(response.headers.get("x-request-id"));
  expect(row).toMatchObject({ outputTokens: 5, costNano: 0n, chargeNano: 0n, tokenPriceId: null });
  expect(await balanceOf(caller.workspaceId)).toBe(5n);
  expect(await db.ledgerTransaction.count({ where: { idempotencyKey: { startsWith: `usage:${row.requestId}` } } })).toBe(0);
});

test("parallel calls on a balance for less than one never overdraw; the rows keep the true cost", async () => {
  const { db } = harness.database;
  const caller = await makeCaller(db, 2_500n);
  const body = { model: harness.model, messages: [{ role: "user", content: wallPrompt({ tokens: 5 }) }] };
  const answers = await Promise.all(
    Array.from({ length: 12 }, () => harness.post("/v1/chat/completions", body, { authorization: `Bearer ${caller.key}` })),
  );
  const admitted = answers.filter((answer) => answer.status === 200);
  expect(admitted.length).toBeGreaterThan(0);
  for (const answer of answers) expect([200, 429]).toContain(answer.status);
  const rows = await Promise.all(admitted.map((answer) => harness.usage(answer.headers.get("x-request-id"))));
  expect(rows.reduce((sum, row) => sum + row.chargeNano, 0n)).toBe(2_500n - (await balanceOf(caller.workspaceId)));
  expect(new Set(rows.map((row) => row.costNano)).size).toBe(1);
  await expectSound();
});

test("the same entries three times, also at once, are one row and one charge", async () => {
  const { db } = harness.database;
  const caller = await makeCaller(db);
  const before = await balanceOf(caller.workspaceId);
  const entries = await Promise.all([entryFor(caller), entryFor(caller)]);
  await settle(db, entries);
  await settle(db, entries);
  // A batch whose commit was in doubt comes back with newer entries in it.
  const more = [...entries, await entryFor(caller)].reverse();
  await settle(db, more);
  await Promise.allSettled([settle(db, more), settle(db, more)]);
  expect(await db.usageRecord.count({ where: { requestId: { in: more.map((entry) => entry.requestId) } } })).toBe(3);
  // 6 × 100 + 4 × 20 + 5 × 200, three times.
  expect(before - (await balanceOf(caller.workspaceId))).toBe(5_040n);
  await expectSound();
});

test("several gateways that settle on one wallet at once all succeed, and never overdraw it", async () => {
  const { db } = harness.database;
  const caller = await makeCaller(db, 4_000n);
  const entries = await Promise.all(Array.from({ length: 8 }, () => entryFor(caller)));
  await Promise.all(entries.map((entry) => settle(db, [entry])));
  const rows = await db.usageRecord.findMany({ where: { workspaceId: caller.workspaceId } });
  // Two at full price, one for what was left, five for nothing.
  expect(rows.map((row) => row.chargeNano).sort((a, b) => Number(b - a))).toEqual([1_680n, 1_680n, 640n, 0n, 0n, 0n, 0n, 0n]);
  expect(new Set(rows.map((row) => row.costNano))).toEqual(new Set([1_680n]));
  expect(await balanceOf(caller.workspaceId)).toBe(0n);
  await expectSound();
});

test("what cannot be written yet waits and is tried again; what never can be harms no other", async () => {
  const { db } = harness.database;
  const caller = await makeCaller(db);
  const recorder = createRecorder(db, logger, { maxWaitingRecords: 3, flushMs: 5_000 });
  await db.$executeRaw`ALTER TABLE "usage_records" RENAME TO "usage_records_away"`;
  const good = await Promise.all([entryFor(caller), entryFor(caller)]);
  const bad = await entryFor(caller, { service: { id: "svc_none", accessName: "public/none" } });
  recorder.record(good[0] as UsageEntry);
  recorder.record(bad);
  expect(recorder.hasRoom()).toBe(true);
  recorder.record(good[1] as UsageEntry);
  expect(recorder.hasRoom()).toBe(false);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(recorder.waiting()).toBe(3);
  await db.$executeRaw`ALTER TABLE "usage_records_away" RENAME TO "usage_records"`;
  expect(await recorder.close()).toBe(0);
  expect(await db.usageRecord.count({ where: { requestId: { in: good.map((entry) => entry.requestId) } } })).toBe(2);
  expect(await db.usageRecord.count({ where: { requestId: bad.requestId } })).toBe(0);
  await expectSound();
});

test("the time of a key's last use is written, at most once a minute", async () => {
  const { db } = harness.database;
  const caller = await makeCaller(db);
  const lastUsed = async () => (await db.apiKey.findUniqueOrThrow({ where: { id: caller.keyId } })).lastUsedAt?.getTime() ?? null;
  const list = () => fetch(`${harness.url}/v1/models`, { headers: { authorization: `Bearer ${caller.key}` } });
  await list();
  await expect.poll(lastUsed, { timeout: 3_000 }).not.toBeNull();
  const first = await lastUsed();
  await list();
  await new Promise((resolve) => setTimeout(resolve, 1_200));
  expect(await lastUsed()).toBe(first);
});
