import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { hashApiKey, isApiKeyShaped } from "#lib/api-key-format.ts";
import { apiKeyLimits, apiKeyList, apiKeyListQuery, createApiKeyInput, createdApiKey } from "#lib/contracts/api-keys.ts";
import { createTestDatabase, type TestDatabase } from "#test/database.ts";
import { signedIn, visitor } from "../test-context.ts";
import { createApiKey } from "./create.ts";
import { listApiKeys } from "./list.ts";
import { removeApiKey } from "./remove.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

test("a key is told once, and is nowhere in the database", async () => {
  const user = await signedIn(visitor(database.db));
  const made = z.strictObject(createdApiKey.shape).parse(await createApiKey({ ctx: user, input: { name: "laptop", expiresAt: null } }));
  expect(isApiKeyShaped(made.key)).toBe(true);
  expect(made).toMatchObject({ name: "laptop", status: "active", lastUsedAt: null, expiresAt: null });
  const row = await database.db.apiKey.findUniqueOrThrow({ where: { hash: hashApiKey(made.key) } });
  expect(row).toMatchObject({ id: made.id, workspaceId: user.actor.workspaceId, userId: user.actor.userId, masked: made.masked });
  const audit = await database.db.auditEvent.findMany({ where: { targetId: made.id } });
  expect(audit).toMatchObject([{ action: "api_key.create", actor: user.actor.userId }]);
  const tables = await database.db.$queryRaw<{ text: string }[]>`
    SELECT k::text AS "text" FROM "api_keys" k UNION ALL SELECT a::text FROM "audit_events" a`;
  expect(JSON.stringify(tables)).not.toContain(made.key);
  const listed = await listApiKeys({ ctx: user, input: apiKeyListQuery.parse({}) });
  expect(JSON.stringify(z.strictObject(apiKeyList.shape).parse(listed))).not.toContain(made.key);
});

test("limits are kept as given and shown again; without them there are none", async () => {
  const user = await signedIn(visitor(database.db));
  const limits = apiKeyLimits.parse({
    requestsPerMinute: 60,
    budgetDayNano: "5000000000",
    allowedModels: ["public/hydra-tiny"],
    allowedAddresses: ["10.0.0.0/8", "2001:db8::1"],
  });
  const { id } = await createApiKey({ ctx: user, input: { name: "bounded", expiresAt: null, limits } });
  const free = await createApiKey({ ctx: user, input: { name: "free", expiresAt: null } });
  const { items } = z.strictObject(apiKeyList.shape).parse(await listApiKeys({ ctx: user, input: apiKeyListQuery.parse({}) }));
  expect(items.find((item) => item.id === id)?.limits).toEqual(limits);
  expect(items.find((item) => item.id === free.id)?.limits).toEqual(apiKeyLimits.parse({}));
  const [row] = await database.db.$queryRaw<object[]>`SELECT "allowedModels", "budgetDayNano" FROM "api_keys" WHERE "id" = ${free.id}`;
  expect(row).toEqual({ allowedModels: null, budgetDayNano: null });
  expect(await database.db.auditEvent.findFirst({ where: { targetId: id } })).toMatchObject({
    data: { limits: { requestsPerMinute: 60 } },
  });
});

test.each([
  [{ requestsPerMinute: 0 }],
  [{ concurrency: -1 }],
  [{ tokensPerMinute: 1.5 }],
  [{ budgetDayNano: "0" }],
  [{ budgetMonthNano: "-5" }],
  [{ budgetMonthNano: "0.1" }],
  [{ allowedModels: [] }],
  [{ allowedModels: ["../x"] }],
  [{ allowedAddresses: [] }],
  [{ owner: "me" }],
])("limits %j are refused", (limits) => {
  expect(createApiKeyInput.safeParse({ name: "x", limits }).success).toBe(false);
});

test("an allowed address that is none is refused by its place", async () => {
  const user = await signedIn(visitor(database.db));
  const limits = apiKeyLimits.parse({ allowedAddresses: ["10.0.0.1", "10.0.0.1/64"] });
  await expect(createApiKey({ ctx: user, input: { name: "typo", expiresAt: null, limits } })).rejects.toMatchObject({
    code: "invalid_value",
    param: "limits.allowedAddresses[1]",
  });
});

test("an expiry must lie ahead; afterwards the key reads as expired", async () => {
  const ctx = visitor(database.db);
  const user = await signedIn(ctx);
  const at = (ms: number) => new Date(ctx.clock.ms + ms).toISOString();
  await expect(createApiKey({ ctx: user, input: { name: "past", expiresAt: at(0) } })).rejects.toMatchObject({
    code: "invalid_value",
    param: "expiresAt",
  });
  await createApiKey({ ctx: user, input: { name: "short", expiresAt: at(1_000) } });
  const status = async () => (await listApiKeys({ ctx: user, input: apiKeyListQuery.parse({}) })).items.map((item) => item.status);
  expect(await status()).toEqual(["active"]);
  ctx.clock.ms += 1_000;
  expect(await status()).toEqual(["expired"]);
});

test("lists are searched and paged, newest first", async () => {
  const ctx = visitor(database.db);
  const user = await signedIn(ctx);
  for (const name of ["one", "two", "50% off", "three"]) {
    ctx.clock.ms += 1_000;
    await createApiKey({ ctx: user, input: { name, expiresAt: null } });
  }
  const names = async (query: object) =>
    (await listApiKeys({ ctx: user, input: apiKeyListQuery.parse(query) })).items.map((item) => item.name);
  expect(await names({})).toEqual(["three", "50% off", "two", "one"]);
  expect(await names({ page: 2, pageSize: 3 })).toEqual(["one"]);
  expect(await names({ search: "T" })).toEqual(["three", "two"]);
  expect(await names({ search: "%" })).toEqual(["50% off"]);
});

test("a deleted key is gone at once but keeps its row; another workspace's is not found", async () => {
  const ctx = visitor(database.db);
  const [user, other] = [await signedIn(ctx), await signedIn(ctx)];
  const { id } = await createApiKey({ ctx: user, input: { name: "leaked", expiresAt: null } });
  expect((await listApiKeys({ ctx: other, input: apiKeyListQuery.parse({}) })).total).toBe(0);
  await expect(removeApiKey({ ctx: other, input: { id } })).rejects.toMatchObject({ code: "not_found" });
  expect((await database.db.apiKey.findUniqueOrThrow({ where: { id } })).revokedAt).toBeNull();
  await removeApiKey({ ctx: user, input: { id } });
  expect((await database.db.apiKey.findUniqueOrThrow({ where: { id } })).revokedAt).toEqual(user.now());
  expect((await listApiKeys({ ctx: user, input: apiKeyListQuery.parse({}) })).total).toBe(0);
  await expect(removeApiKey({ ctx: user, input: { id } })).rejects.toMatchObject({ code: "not_found" });
  expect(await database.db.auditEvent.count({ where: { targetId: id, action: "api_key.delete" } })).toBe(1);
});

test("the command makes a key on a user's behalf, and the log says so", async () => {
  const user = await signedIn(visitor(database.db));
  const { id } = await createApiKey({ ctx: { ...user, cli: true }, input: { name: "from the shell", expiresAt: null } });
  expect(await database.db.auditEvent.findFirst({ where: { targetId: id } })).toMatchObject({
    actor: "cli",
    workspaceId: user.actor.workspaceId,
  });
});
