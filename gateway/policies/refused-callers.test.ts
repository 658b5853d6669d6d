import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Harness, startHarness, testSecret } from "#gateway/testing/harness.ts";
import { type Refusal, refusalOf } from "#gateway/testing/refusal.ts";
import { hashApiKey, maskApiKey, newApiKey } from "#lib/api-key-format.ts";
import { newId } from "#lib/ids.ts";
import { signTrialToken } from "#lib/secrets.ts";
import { makeCaller, makePublicService, makeService } from "#test/gateway-factory.ts";

let harness: Harness;

beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.close());

const messages = [{ role: "user", content: "hello" }];

async function refused(body: unknown, headers: Record<string, string> = {}, path = "/v1/chat/completions"): Promise<Refusal> {
  return refusalOf(await harness.post(path, body, headers));
}

describe("keys", () => {
  test("every bad key gets the same 401", async () => {
    const { db } = harness.database;
    const good = await makeCaller(db);
    const revoked = await keyOf(good, { revokedAt: new Date() });
    const expired = await keyOf(good, { expiresAt: new Date(Date.now() - 1) });
    const off = await keyOf(good, { disabledAt: new Date() });
    const replaced = await keyOf(good, { graceUntil: new Date(Date.now() - 1), expiresAt: new Date(Date.now() + 60_000) });
    const disabled = await makeCaller(db);
    await db.user.update({ where: { id: disabled.userId }, data: { status: "disabled" } });
    const removed = await makeCaller(db);
    await db.membership.deleteMany({ where: { userId: removed.userId } });
    const changed = `${good.key.slice(0, 12)}${good.key[12] === "a" ? "b" : "a"}${good.key.slice(13)}`;
    const trial = await signTrialToken(testSecret, good);
    const headers = [
      undefined,
      "",
      "Bearer",
      good.key,
      `Basic ${good.key}`,
      `Bearer ${changed}`,
      `Bearer ${newApiKey()}`,
      `Bearer ${revoked}`,
      `Bearer ${expired}`,
      `Bearer ${off}`,
      `Bearer ${replaced}`,
      `Bearer ${disabled.key}`,
      `Bearer ${removed.key}`,
      `Bearer ${"k".repeat(10_000)}`,
      `Bearer ' OR 1=1 --`,
      `Bearer ${await signTrialToken("another secret, also long enough", good)}`,
      `Bearer ${await signTrialToken(testSecret, disabled)}`,
      `Bearer ${await signTrialToken(testSecret, { userId: good.userId, workspaceId: disabled.workspaceId })}`,
      `Bearer ${trial.slice(0, -3)}`,
    ];
    const bodies = new Set<string>();
    for (const authorization of headers) {
      const response = await fetch(`${harness.url}/v1/models`, { headers: authorization === undefined ? {} : { authorization } });
      const error = await refusalOf(response);
      expect([error.status, error.code], authorization).toEqual([401, "invalid_api_key"]);
      bodies.add(error.text);
    }
    expect(bodies.size).toBe(1);
    expect((await refusalOf(await fetch(`${harness.url}/v1/models?api_key=${good.key}`))).status).toBe(401);
    for (const authorization of [`Bearer ${good.key}`, `bearer  ${good.key}`, `Bearer ${trial}`]) {
      expect((await fetch(`${harness.url}/v1/models`, { headers: { authorization } })).status).toBe(200);
    }
  });

  async function keyOf(caller: { userId: string; workspaceId: string }, state: object): Promise<string> {
    const key = newApiKey();
    const { userId, workspaceId } = caller;
    await harness.database.db.apiKey.create({
      data: { id: newId("key"), userId, workspaceId, name: "k", hash: hashApiKey(key), masked: maskApiKey(key), ...state },
    });
    expect(
      createHash("sha256")
        .update(key)
        .digest()
        .equals(Buffer.from(hashApiKey(key))),
    ).toBe(true);
    return key;
  }

  test("a key that is revoked is refused by the next call", async () => {
    const { db } = harness.database;
    const caller = await makeCaller(db);
    const call = () => harness.post("/v1/chat/completions", { model: "public/wall", messages }, { authorization: `Bearer ${caller.key}` });
    expect((await call()).status).toBe(200);
    await db.apiKey.update({ where: { id: caller.keyId }, data: { revokedAt: new Date() } });
    await harness.caughtUp();
    expect((await call()).status).toBe(401);
  });
});

describe("models", () => {
  test("another's model, a deleted one and a nonexistent one are the same 404; the owner's is callable", async () => {
    const { db } = harness.database;
    const owner = await makeCaller(db);
    const service = await makeService(db, { owner, name: "mine", billing: "instance", endpoints: [harness.wall.url] });
    const name = `${owner.workspaceName}/mine`;
    const body = { model: name, messages };
    const asOwner = { authorization: `Bearer ${owner.key}` };
    const others = await refused(body);
    expect(others).toMatchObject({ status: 404, code: "model_not_found" });
    const nothing = await refused({ model: `${owner.workspaceName}/none`, messages });
    expect(nothing.text.replace("/none", "/mine")).toBe(others.text);
    expect((await harness.post("/v1/chat/completions", body, asOwner)).status).toBe(200);
    await db.modelService.update({ where: { id: service.id }, data: { wanted: "deleted" } });
    await harness.caughtUp();
    const deleted = await refused(body, asOwner);
    expect(deleted.text).toBe(others.text);
  });

  test("the list holds what can be called: public models and one's own; a single one can be read both ways", async () => {
    const { db } = harness.database;
    const owner = await makeCaller(db);
    await makeService(db, { owner, name: "mine", billing: "instance", endpoints: [harness.wall.url] });
    await makeService(db, { owner, name: "not-up", billing: "instance", endpoints: [] });
    const list = await ids(owner.key);
    expect(list).toContain("public/wall");
    expect(list).toContain(`${owner.workspaceName}/mine`);
    expect(list).not.toContain(`${owner.workspaceName}/not-up`);
    expect(list).not.toContain("public/hydra-tiny");
    expect(await ids(harness.caller.key)).not.toContain(`${owner.workspaceName}/mine`);
    for (const path of ["/v1/models/public/wall", "/models/public%2Fwall"]) {
      const response = await fetch(`${harness.url}${path}`, { headers: { authorization: `Bearer ${owner.key}` } });
      expect(await response.json()).toMatchObject({ id: "public/wall", object: "model", owned_by: "public" });
    }
    const missing = await fetch(`${harness.url}/v1/models/public/none`, { headers: { authorization: `Bearer ${owner.key}` } });
    expect(await refusalOf(missing)).toMatchObject({ status: 404, code: "model_not_found" });
  });

  async function ids(key: string): Promise<string[]> {
    const response = await fetch(`${harness.url}/v1/models`, { headers: { authorization: `Bearer ${key}` } });
    return (await response.json()).data.map((model: { id: string }) => model.id);
  }

  test("a service that is not ready says its state and reason, and when to try again", async () => {
    await makePublicService(harness.database.db, { name: "rising", endpoints: [] });
    const error = await refused({ model: "public/rising", messages });
    expect(error).toMatchObject({ status: 503, code: "service_not_ready", type: "server_error" });
    expect(error.message).toContain("Starting (instances are starting)");
    expect(Number(error.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(error.headers.get("x-should-retry")).toBeNull();
  });

  test("an instance that is no longer ready gets no call", async () => {
    const { db } = harness.database;
    const { instanceIds } = await makePublicService(db, { name: "going", endpoints: [harness.wall.url] });
    expect((await harness.post("/v1/chat/completions", { model: "public/going", messages })).status).toBe(200);
    await db.instance.update({ where: { id: instanceIds[0] as string }, data: { state: "draining" } });
    await harness.caughtUp();
    expect(await refused({ model: "public/going", messages })).toMatchObject({ status: 503, code: "service_not_ready" });
  });

  test("a public model without a price cannot be called", async () => {
    const { db } = harness.database;
    await makePublicService(db, { name: "unpriced", modelSlug: "phi-4", endpoints: [harness.wall.url] });
    const error = await refused({ model: "public/unpriced", messages });
    expect(error).toMatchObject({ status: 503, code: "model_not_priced" });
    expect(error.headers.get("x-should-retry")).toBe("false");
  });

  test("a model that writes no text names its own address", async () => {
    const { db } = harness.database;
    const phi = await db.model.findUniqueOrThrow({ where: { slug: "phi-4" } });
    const { id: _, ...facts } = phi;
    await db.model.create({ data: { ...facts, id: newId("mdl"), slug: "embedder", kind: "embedding" } });
    await makePublicService(db, { name: "embedder", modelSlug: "embedder", endpoints: [harness.wall.url] });
    const error = await refused({ model: "public/embedder", messages });
    expect(error).toMatchObject({ status: 404, code: "model_not_found" });
    expect(error.message).toContain("/v1/embeddings");
  });

  test("without balance a call by token is refused for good, one on own instances is not", async () => {
    const { db } = harness.database;
    const poor = await makeCaller(db, 0n);
    await makeService(db, { owner: poor, name: "own", billing: "instance", endpoints: [harness.wall.url] });
    const headers = { authorization: `Bearer ${poor.key}` };
    const error = await refused({ model: "public/wall", messages }, headers);
    expect(error).toMatchObject({ status: 429, type: "insufficient_quota", code: "credit_balance_exhausted" });
    expect(error.headers.get("x-should-retry")).toBe("false");
    const own = { model: `${poor.workspaceName}/own`, messages };
    expect((await harness.post("/v1/chat/completions", own, headers)).status).toBe(200);
  });
});
