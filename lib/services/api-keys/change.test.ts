import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { apiKeyDetail, apiKeyLimits, apiKeyListQuery, apiKeyView, createdApiKey } from "#lib/contracts/api-keys.ts";
import { newId } from "#lib/ids.ts";
import { createTestDatabase, type TestDatabase } from "#test/database.ts";
import { createService } from "#test/services-factory.ts";
import { signedIn, visitor } from "../test-context.ts";
import { callableModels } from "./callable-models.ts";
import { createApiKey } from "./create.ts";
import { disableApiKey, enableApiKey } from "./disable.ts";
import { endGrace } from "./end-grace.ts";
import { getApiKey } from "./get.ts";
import { listApiKeys } from "./list.ts";
import { removeApiKey } from "./remove.ts";
import { rotateApiKey } from "./rotate.ts";
import { updateApiKey } from "./update.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const hourMs = 3_600_000;
const limits = apiKeyLimits.parse({
  requestsPerMinute: 60,
  budgetMonthNano: "5000000000",
  allowedModels: ["public/hydra-tiny"],
  allowedAddresses: ["10.0.0.0/8"],
});

async function owner() {
  const ctx = visitor(database.db);
  const user = await signedIn(ctx);
  const make = (input: Partial<Parameters<typeof createApiKey>[0]["input"]> = {}) =>
    createApiKey({ ctx: user, input: { name: "ci", expiresAt: null, ...input } });
  const at = (ms: number) => new Date(ctx.clock.ms + ms).toISOString();
  return { ctx, user, make, at };
}

const audits = async (targetId: string) =>
  (await database.db.auditEvent.findMany({ where: { targetId }, orderBy: { id: "asc" } })).map(({ action }) => action);

describe("another workspace's key", () => {
  test.each([
    ["get", (args: Args) => getApiKey(args)],
    ["update", ({ ctx, input }: Args) => updateApiKey({ ctx, input: { ...input, name: "mine now" } })],
    ["disable", (args: Args) => disableApiKey(args)],
    ["enable", (args: Args) => enableApiKey(args)],
    ["rotate", ({ ctx, input }: Args) => rotateApiKey({ ctx, input: { ...input, graceMinutes: 0, expiresAt: null } })],
    ["end grace", (args: Args) => endGrace(args)],
    ["remove", (args: Args) => removeApiKey(args)],
  ])("%s: not found, and nothing changes", async (_, verb) => {
    const { make } = await owner();
    const other = await owner();
    const { id } = await make({ limits });
    const before = await database.db.apiKey.findUniqueOrThrow({ where: { id } });
    const none = await verb({ ctx: other.user, input: { id: "key_none" } }).catch((error: unknown) => error);
    expect(none).toMatchObject({ code: "not_found" });
    await expect(verb({ ctx: other.user, input: { id } })).rejects.toEqual(none);
    expect(await database.db.apiKey.findUniqueOrThrow({ where: { id } })).toEqual(before);
    expect(await audits(id)).toEqual(["api_key.create"]);
  });
  type Args = Parameters<typeof getApiKey>[0];
});

describe("update", () => {
  test("changes what is given and leaves the rest; null takes every bound away", async () => {
    const { user, make, at } = await owner();
    const { id } = await make({ limits, expiresAt: at(hourMs) });
    const named = z.strictObject(apiKeyView.shape).parse(await updateApiKey({ ctx: user, input: { id, name: "deploy" } }));
    expect(named).toMatchObject({ name: "deploy", expiresAt: at(hourMs), limits });
    const freed = await updateApiKey({ ctx: user, input: { id, expiresAt: null, limits: apiKeyLimits.parse({}) } });
    expect(freed).toMatchObject({ name: "deploy", expiresAt: null, limits: apiKeyLimits.parse({}) });
    const [row] = await database.db.$queryRaw<object[]>`SELECT "allowedModels", "allowedAddresses" FROM "api_keys" WHERE "id" = ${id}`;
    expect(row).toEqual({ allowedModels: null, allowedAddresses: null });
    expect((await updateApiKey({ ctx: user, input: { id, limits } })).limits).toEqual(limits);
    expect(await audits(id)).toEqual(["api_key.create", "api_key.update", "api_key.update", "api_key.update"]);
  });

  test("an expired key can be renamed with its expiry as it was, and lives again with a later one", async () => {
    const { ctx, user, make, at } = await owner();
    const expiresAt = at(hourMs);
    const { id } = await make({ expiresAt });
    ctx.clock.ms += hourMs;
    expect(await updateApiKey({ ctx: user, input: { id, name: "old", expiresAt } })).toMatchObject({ name: "old", status: "expired" });
    await expect(updateApiKey({ ctx: user, input: { id, expiresAt: at(-1) } })).rejects.toMatchObject({ param: "expiresAt" });
    expect(await updateApiKey({ ctx: user, input: { id, expiresAt: at(1) } })).toMatchObject({ status: "active" });
  });

  test("an address that is none changes nothing at all", async () => {
    const { user, make } = await owner();
    const { id } = await make({ limits });
    const bad = { ...limits, allowedAddresses: ["10.0.0.1", "10.1"] };
    await expect(updateApiKey({ ctx: user, input: { id, name: "half", limits: bad } })).rejects.toMatchObject({
      code: "invalid_value",
      param: "limits.allowedAddresses[1]",
      data: { address: "10.1" },
    });
    expect(await getApiKey({ ctx: user, input: { id } })).toMatchObject({ name: "ci", limits });
  });
});

test("a key is switched off and on again, each once", async () => {
  const { user, make } = await owner();
  const { id } = await make();
  for (const _ of [1, 2]) expect(await disableApiKey({ ctx: user, input: { id } })).toMatchObject({ status: "disabled" });
  for (const _ of [1, 2]) expect(await enableApiKey({ ctx: user, input: { id } })).toMatchObject({ status: "active", disabledAt: null });
  expect(await audits(id)).toEqual(["api_key.create", "api_key.disable", "api_key.enable"]);
});

describe("rotation", () => {
  test("the new key has the old one's name and limits; the old one retires until its grace ends", async () => {
    const { ctx, user, make } = await owner();
    const old = await make({ limits });
    const made = z
      .strictObject(createdApiKey.shape)
      .parse(await rotateApiKey({ ctx: user, input: { id: old.id, graceMinutes: 60, expiresAt: null } }));
    expect(made).toMatchObject({ name: "ci", limits, status: "active", replaces: { id: old.id, masked: old.masked } });
    expect(made.key).not.toBe(old.key);
    const graceUntil = new Date(ctx.clock.ms + hourMs).toISOString();
    expect(await getApiKey({ ctx: user, input: { id: old.id } })).toMatchObject({
      ...{ status: "retiring", graceUntil, replacedBy: { id: made.id, masked: made.masked } },
    });
    ctx.clock.ms += hourMs;
    expect(await getApiKey({ ctx: user, input: { id: old.id } })).toMatchObject({ status: "expired" });
    await removeApiKey({ ctx: user, input: { id: old.id } });
    expect(await getApiKey({ ctx: user, input: { id: made.id } })).toMatchObject({ replaces: null });
  });

  test("lists that are null stay null", async () => {
    const { user, make } = await owner();
    const { id } = await rotateApiKey({ ctx: user, input: { id: (await make()).id, graceMinutes: 0, expiresAt: null } });
    const [row] = await database.db.$queryRaw<object[]>`SELECT "allowedModels", "allowedAddresses" FROM "api_keys" WHERE "id" = ${id}`;
    expect(row).toEqual({ allowedModels: null, allowedAddresses: null });
  });

  test("of many at once one succeeds, the others change nothing", async () => {
    const { user, make } = await owner();
    const { id } = await make();
    const tries = [1, 2, 3, 4].map(() => rotateApiKey({ ctx: user, input: { id, graceMinutes: 5, expiresAt: null } }));
    const results = await Promise.allSettled(tries);
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    for (const result of results) if (result.status === "rejected") expect(result.reason).toMatchObject({ code: "conflict" });
    expect((await listApiKeys({ ctx: user, input: apiKeyListQuery.parse({}) })).total).toBe(2);
  });

  test("a key that does not work itself gets no successor", async () => {
    const { ctx, user, make, at } = await owner();
    const rotate = (id: string) => rotateApiKey({ ctx: user, input: { id, graceMinutes: 5, expiresAt: null } });
    const off = await make();
    await disableApiKey({ ctx: user, input: { id: off.id } });
    await expect(rotate(off.id)).rejects.toMatchObject({ code: "conflict", data: { status: "disabled" } });
    const short = await make({ expiresAt: at(1_000) });
    ctx.clock.ms += 1_000;
    await expect(rotate(short.id)).rejects.toMatchObject({ code: "conflict", data: { status: "expired" } });
  });

  test("the grace can be ended at once, but only one that there is", async () => {
    const { user, make } = await owner();
    const old = await make();
    await expect(endGrace({ ctx: user, input: { id: old.id } })).rejects.toMatchObject({ code: "conflict" });
    await rotateApiKey({ ctx: user, input: { id: old.id, graceMinutes: 60, expiresAt: null } });
    for (const _ of [1, 2]) expect(await endGrace({ ctx: user, input: { id: old.id } })).toMatchObject({ status: "expired" });
    expect(await audits(old.id)).toEqual(["api_key.create", "api_key.rotate", "api_key.end_grace"]);
  });
});

test("lists are filtered by what the status says, and sorted both ways", async () => {
  const { ctx, user, make, at } = await owner();
  await make({ name: "b short", expiresAt: at(1_000) });
  await make({ name: "d plain" });
  const { id: off } = await make({ name: "a off" });
  await disableApiKey({ ctx: user, input: { id: off } });
  const { id: old } = await make({ name: "c turned", expiresAt: at(3 * hourMs) });
  await rotateApiKey({ ctx: user, input: { id: old, graceMinutes: 60, expiresAt: at(2 * hourMs) } });
  ctx.clock.ms += 1_000;
  const names = async (query: object) => {
    const { items } = await listApiKeys({ ctx: user, input: apiKeyListQuery.parse(query) });
    return items.map(({ name, status }) => `${name}: ${status}`);
  };
  expect(await names({ status: "active", sort: "name", order: "asc" })).toEqual(["c turned: active", "d plain: active"]);
  expect(await names({ status: "retiring" })).toEqual(["c turned: retiring"]);
  expect(await names({ status: "disabled" })).toEqual(["a off: disabled"]);
  expect(await names({ status: "expired" })).toEqual(["b short: expired"]);
  const expiring = ["b short: expired", "c turned: active", "c turned: retiring"];
  expect((await names({ sort: "expires", order: "asc" })).slice(0, 3)).toEqual(expiring);
  expect((await names({ sort: "expires", order: "desc" })).slice(0, 3)).toEqual(expiring.toReversed());
  expect((await names({ sort: "name", order: "desc" }))[0]).toBe("d plain: active");
  expect(await names({ search: off.slice(-8) })).toEqual(["a off: disabled"]);
});

test("a key's page counts its own calls of a day and what they cost, and nobody else's", async () => {
  const { ctx, user, make } = await owner();
  const [mine, other] = [await make(), await make()];
  const service = await database.db.modelService.findFirstOrThrow({ where: { workspace: { name: "public" } } });
  const price = await database.db.tokenPrice.findFirstOrThrow({ where: { modelId: service.modelId } });
  const use = (keyId: string, accessName: string, agoMs: number, chargeNano: bigint) =>
    database.db.usageRecord.create({
      data: {
        ...{ requestId: newId("req"), workspaceId: user.actor.workspaceId, userId: user.actor.userId, keyId, accessName },
        ...{ serviceId: service.id, modelId: service.modelId, route: "chat", streamed: false, outcome: "completed", status: 200 },
        ...{ source: "engine", inputTokens: 1, cachedTokens: 0, outputTokens: 1, tokenPriceId: price.id, costNano: chargeNano, chargeNano },
        ...{ startedAt: new Date(ctx.clock.ms - agoMs), durationMs: 1 },
      },
    });
  await use(mine.id, "public/a", 1_000, 3n);
  await use(mine.id, "public/b", 500, 4n);
  await use(mine.id, "public/b", 0, 5n);
  await use(mine.id, "public/c", 25 * hourMs, 0n);
  await use(other.id, "public/d", 0, 100n);
  const detail = z.strictObject(apiKeyDetail.shape).parse(await getApiKey({ ctx: user, input: { id: mine.id } }));
  expect(detail.recentCalls.map(({ accessName, calls }) => [accessName, calls])).toEqual([
    ["public/b", 2],
    ["public/a", 1],
  ]);
  expect(detail).toMatchObject({ recentCapped: false, spentMonthNano: "12", currency: "CNY" });
});

test("what a key can be allowed is what its workspace can call", async () => {
  const { user } = await owner();
  const stranger = await owner();
  const [own, theirs] = [user, stranger.user].map(({ actor }) =>
    createService(database.db, { workspaceId: actor.workspaceId, name: "mine-50" }),
  );
  await Promise.all([own, theirs]);
  const names = async (search: string) =>
    (await callableModels({ ctx: user, input: { search } })).items.map(({ accessName }) => accessName);
  expect(await names("")).toEqual(["public/hydra-tiny", `${user.actor.workspaceName}/mine-50`]);
  expect(await names("HYDRA-t")).toContain("public/hydra-tiny");
  expect(await names("mine-5_")).toEqual([]);
});
