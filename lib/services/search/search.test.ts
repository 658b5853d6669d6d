import { afterAll, beforeAll, expect, test } from "vitest";
import { searchResult } from "#lib/contracts/search.ts";
import { createTestDatabase, type TestDatabase } from "#test/database.ts";
import { createApiKey } from "../api-keys/create.ts";
import { type SignedIn, signedIn, visitor } from "../test-context.ts";
import { search } from "./search.ts";

let database: TestDatabase;
let ann: SignedIn;
let ben: SignedIn;
beforeAll(async () => {
  database = await createTestDatabase();
  const guest = visitor(database.db);
  [ann, ben] = [await signedIn(guest), await signedIn(guest)];
  const { db } = database;
  const model = await db.model.findUniqueOrThrow({ where: { slug: "hydra-tiny" } });
  const type = await db.instanceType.findFirstOrThrow();
  const service = (ctx: SignedIn, name: string, age: number) => ({
    ...{ id: `svc_${ctx.actor.userId.slice(-6)}_${name}`, workspaceId: ctx.actor.workspaceId, name, modelId: model.id },
    ...{ regionId: type.regionId, instanceTypeId: type.id, billing: "instance" as const, wantedInstances: 1 },
    createdAt: new Date(Date.now() - age * 1_000),
  });
  await db.modelService.createMany({
    data: [
      service(ann, "chat", 30),
      service(ann, "my-chat", 10),
      service(ann, "chat-old", 60),
      { ...service(ann, "chat-gone", 5), deletedAt: new Date(), wanted: "deleted", state: "deleted" },
      service(ben, "chat-of-ben", 1),
      ...Array.from({ length: 9 }, (_, index) => service(ann, `many-${index}`, 100 + index)),
    ],
  });
  await createApiKey({ ctx: ann, input: { name: "chat robot", expiresAt: null } });
  await createApiKey({ ctx: ben, input: { name: "chat of ben", expiresAt: null } });
  await db.model.update({ where: { slug: "glm-4-9b-chat" }, data: { workspaceId: ben.actor.workspaceId, offersToken: false } });
});
afterAll(() => database.drop());

async function found(ctx: SignedIn, q: string) {
  const result = searchResult.parse({ ...(await search({ ctx, input: { q } })), docs: [] });
  return {
    services: result.services.map(({ name }) => name),
    keys: result.keys.map(({ name }) => name),
    models: result.models.map(({ slug }) => slug),
  };
}

test("finds what begins with the text first, the newest first among equals, and nothing of other workspaces", async () => {
  const { services, keys, models } = await found(ann, " CHAT ");
  expect(services).toEqual(["chat", "chat-old", "my-chat"]);
  expect(keys).toEqual(["chat robot"]);
  // A model that another workspace brought.
  expect(models).not.toContain("glm-4-9b-chat");
  expect(models).toContain("baichuan2-13b-chat");
  expect((await found(ben, "chat")).services).toEqual(["chat-of-ben"]);
  expect((await found(ben, "glm")).models).toContain("glm-4-9b-chat");
});

test("ids and access names find theirs, another's id nothing", async () => {
  const id = (ctx: SignedIn, name: string) => `svc_${ctx.actor.userId.slice(-6)}_${name}`;
  expect((await found(ann, id(ann, "chat"))).services).toEqual(["chat"]);
  expect((await found(ann, id(ben, "chat-of-ben"))).services).toEqual([]);
  expect((await found(ann, `${ann.actor.workspaceName}/my-chat`)).services).toEqual(["my-chat"]);
  expect((await found(ann, "public/deepseek-r1")).models).toEqual(["deepseek-r1"]);
  const key = await database.db.apiKey.findFirstOrThrow({ where: { workspaceId: ben.actor.workspaceId } });
  expect((await found(ann, key.id)).keys).toEqual([]);
  expect((await found(ben, key.id)).keys).toEqual(["chat of ben"]);
});

test("at most six of a kind; signs of LIKE are only signs", async () => {
  expect((await found(ann, "many")).services).toHaveLength(6);
  expect((await found(ann, "%")).services).toEqual([]);
  expect((await found(ann, "m_ny")).services).toEqual([]);
  expect((await found(ann, "")).services).toHaveLength(6);
});

test("who has not signed in finds nothing", async () => {
  await expect(search({ ctx: visitor(database.db), input: { q: "a" } })).rejects.toMatchObject({ code: "sign_in_required" });
});
