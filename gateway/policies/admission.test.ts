import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Harness, startHarness } from "#gateway/testing/harness.ts";
import { refusalOf } from "#gateway/testing/refusal.ts";
import { makeSurfaceService } from "#gateway/testing/services.ts";
import { makeCaller, type TestCaller } from "#test/gateway-factory.ts";

let harness: Harness;

beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.close());

const messages = [{ role: "user", content: "hello" }];

function send(
  caller: TestCaller | null,
  body: unknown,
  path = "/v1/chat/completions",
  more: Record<string, string> = {},
): Promise<Response> {
  return harness.post(path, body, { authorization: caller ? `Bearer ${caller.key}` : "", ...more });
}

/** Keeps draws on a workspace's wallet waiting until what is inside has run. */
async function withLockedWallet(workspaceId: string, act: () => Promise<void>): Promise<void> {
  await harness.database.db.$transaction(
    async (tx) => {
      await tx.$queryRaw`SELECT 1 FROM "ledger_accounts" WHERE "workspaceId" = ${workspaceId} FOR UPDATE`;
      await act();
    },
    { timeout: 20_000 },
  );
}

async function expectNothingHeld(workspaceId: string): Promise<void> {
  await sleep(100);
  expect(await harness.database.db.usageRecord.count({ where: { workspaceId } })).toBe(0);
}

describe("what is taken away while a call waits for credit counts", () => {
  test("a key that is revoked meanwhile is not let in", async () => {
    const caller = await makeCaller(harness.database.db);
    let answer: Promise<Response> | undefined;
    const seen = harness.wall.calls.length;
    await withLockedWallet(caller.workspaceId, async () => {
      answer = send(caller, { model: harness.model, messages });
      await sleep(150);
      await harness.database.db.apiKey.update({ where: { id: caller.keyId }, data: { revokedAt: new Date() } });
      await harness.caughtUp();
    });
    const error = await refusalOf((await answer) as Response);
    expect([error.status, error.code]).toEqual([401, "invalid_api_key"]);
    expect(error.headers.get("x-hydra-receipt")).toBeNull();
    expect(harness.wall.calls.length).toBe(seen);
    await expectNothingHeld(caller.workspaceId);
  });

  test("an instance that is drained meanwhile gets no call, and what was held is free again", async () => {
    // (5 bytes + 16) × 100 + 512 × 200: exactly one call's hold.
    const caller = await makeCaller(harness.database.db, 104_500n);
    const serviceId = await makeSurfaceService(harness, { name: "draining" });
    let answer: Promise<Response> | undefined;
    await withLockedWallet(caller.workspaceId, async () => {
      answer = send(caller, { model: "public/draining", messages });
      await sleep(150);
      await harness.database.db.instance.updateMany({ where: { serviceId }, data: { state: "draining" } });
      await harness.caughtUp();
    });
    expect(await refusalOf((await answer) as Response)).toMatchObject({ status: 503, code: "service_not_ready" });
    await expectNothingHeld(caller.workspaceId);
    expect((await send(caller, { model: harness.model, messages })).status).toBe(200);
  });
});

describe("of two reasons to refuse a call, the earlier check's is told", () => {
  let caller: TestCaller;
  const model = "public/asleep";
  beforeAll(async () => {
    await makeSurfaceService(harness, { name: "asleep", endpoints: [] });
    caller = await makeCaller(harness.database.db, 0n);
  });

  async function limit(data: object): Promise<void> {
    await harness.database.db.apiKey.update({ where: { id: caller.keyId }, data });
    await harness.caughtUp();
  }

  async function codeOf(answer: Promise<Response>): Promise<string> {
    return (await refusalOf(await answer)).code;
  }

  test("route, method, key", async () => {
    expect(await codeOf(send(null, {}, "/v1/nowhere"))).toBe("not_found");
    expect(await codeOf(send(null, {}, "/v1/models"))).toBe("method_not_allowed");
    expect(await codeOf(send(null, "{", undefined, { "content-type": "text/plain" }))).toBe("invalid_api_key");
  });

  test("key, requests per minute, body, JSON, schema, model", async () => {
    await limit({ requestsPerMinute: 4 });
    expect(await codeOf(send(caller, "{", undefined, { "content-type": "text/plain" }))).toBe("unsupported_media_type");
    expect(await codeOf(send(caller, "{"))).toBe("invalid_json");
    expect(await codeOf(send(caller, { model: "public/none", messages, owner: 1 }))).toBe("unknown_parameter");
    expect(await codeOf(send(caller, { model: "public/none", messages }))).toBe("model_not_found");
    expect(await codeOf(send(caller, "x".repeat(11 * 1024 * 1024), undefined, { "content-type": "text/plain" }))).toBe(
      "rate_limit_exceeded",
    );
    await limit({ requestsPerMinute: null });
  });

  test("model, rights, token limits, budgets, balance, readiness", async () => {
    await limit({ allowedModels: ["public/other"], tokensPerMinute: 1, budgetDayNano: 1n });
    expect(await codeOf(send(caller, { model: "public/none", messages }))).toBe("model_not_found");
    expect(await codeOf(send(caller, { model, messages }))).toBe("model_not_allowed");
    await limit({ allowedModels: [model] });
    expect(await codeOf(send(caller, { model, messages }))).toBe("rate_limit_exceeded");
    await limit({ tokensPerMinute: null });
    expect(await codeOf(send(caller, { model, messages }))).toBe("budget_exceeded");
    await limit({ budgetDayNano: null });
    expect(await codeOf(send(caller, { model, messages }))).toBe("credit_balance_exhausted");
    const rich = await makeCaller(harness.database.db);
    expect(await codeOf(send(rich, { model, messages }))).toBe("service_not_ready");
  });
});
