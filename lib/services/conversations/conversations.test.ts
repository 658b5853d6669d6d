import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import {
  conversationDetail,
  conversationList,
  conversationListQuery,
  createConversationInput,
  keptMessage,
  maxMessages,
  saveMessagesInput,
} from "#lib/contracts/conversations.ts";
import { createTestDatabase, type TestDatabase } from "#test/database.ts";
import { createService } from "#test/services-factory.ts";
import { type SignedIn, signedIn, visitor } from "../test-context.ts";
import { createConversation } from "./create.ts";
import { endpointOf } from "./endpoint-of.ts";
import { getConversation } from "./get.ts";
import { listConversations } from "./list.ts";
import { removeConversation } from "./remove.ts";
import { saveMessages } from "./save-messages.ts";
import { updateConversation } from "./update.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const at = "2026-11-20T10:00:00.000Z";
const question = (id: string, position: number, text = id) =>
  keptMessage.parse({ id: id.padEnd(8, "-"), position, role: "user", text, createdAt: at });

const begin = (user: SignedIn, title = "Hello", id?: string) =>
  createConversation({ ctx: user, input: createConversationInput.parse({ title, accessName: "public/hydra-tiny", id }) });
const save = (user: SignedIn, id: string, input: object) => saveMessages({ ctx: user, input: { ...saveMessagesInput.parse(input), id } });
const texts = async (user: SignedIn, id: string) => (await getConversation({ ctx: user, input: { id } })).messages.map(({ text }) => text);
const titles = async (user: SignedIn, query: object = {}) =>
  (await listConversations({ ctx: user, input: conversationListQuery.parse(query) })).items.map(({ title }) => title);

test("a conversation comes back as it was kept", async () => {
  const user = await signedIn(visitor(database.db));
  const { id } = await begin(user);
  const answer = keptMessage.parse({
    id: "answer-1",
    position: 1,
    role: "assistant",
    text: "Hi\0 there",
    reasoning: "They greet me.",
    accessName: "public/hydra-tiny",
    state: "failed",
    finishReason: null,
    error: { code: "upstream_stream_interrupted", message: "cut off\0", requestId: "req_1" },
    figures: { inputTokens: 3, outputTokens: 2, firstTokenMs: 12, totalMs: 80, chargeNano: "700", currency: "CNY" },
    requestId: "req_1",
    createdAt: at,
  });
  const image = "data:image/png;base64,AAAA";
  const asked = { ...question("question-1", 0, "Hello"), images: [image] };
  await save(user, id, { keep: [asked, answer] });
  await updateConversation({ ctx: user, input: { id, systemPrompt: "Be kind.", parameters: { temperature: 0 } } });
  const kept = z.strictObject(conversationDetail.shape).parse(await getConversation({ ctx: user, input: { id } }));
  expect(kept).toMatchObject({ title: "Hello", systemPrompt: "Be kind.", parameters: { temperature: 0 } });
  const error = { code: "upstream_stream_interrupted", message: "cut off", requestId: "req_1" };
  expect(kept.messages).toEqual([asked, { ...answer, text: "Hi there", error }]);
});

test("begun again under its id, it is the same conversation with what is asked for now, and still has its messages", async () => {
  const user = await signedIn(visitor(database.db));
  const id = "cnv_00000000000000000000000001";
  const tries = await Promise.all(["Hello", "Hello", "Hello"].map((title) => begin(user, title, id)));
  expect(tries.map((begun) => begun.id)).toEqual([id, id, id]);
  await save(user, id, { keep: [question("first", 0)] });
  expect(await begin(user, "Changed meanwhile", id)).toMatchObject({ id, title: "Changed meanwhile" });
  expect([await titles(user), await texts(user, id)]).toEqual([["Changed meanwhile"], ["first"]]);
});

test("another user's id is refused, and theirs stays as it was", async () => {
  const ctx = visitor(database.db);
  const [user, other] = [await signedIn(ctx), await signedIn(ctx)];
  const { id } = await begin(user, "Private", "cnv_00000000000000000000000002");
  await expect(begin(other, "Mine", id)).rejects.toMatchObject({ code: "conflict", param: "id" });
  expect([await titles(user), await titles(other)]).toEqual([["Private"], []]);
});

test("saving the same again changes nothing; a changed message is replaced, a forgotten one gone", async () => {
  const user = await signedIn(visitor(database.db));
  const { id } = await begin(user);
  await save(user, id, { keep: [question("first", 0), question("second", 1), question("third", 2)] });
  await save(user, id, { keep: [question("second", 1)] });
  expect(await texts(user, id)).toEqual(["first", "second", "third"]);
  await save(user, id, { keep: [question("second", 1, "changed")], forget: [question("third", 2).id] });
  expect(await texts(user, id)).toEqual(["first", "changed"]);
});

test("a save that goes too far changes nothing at all", async () => {
  const user = await signedIn(visitor(database.db));
  const { id } = await begin(user);
  const many = Array.from({ length: maxMessages }, (_, index) => question(`message-${index}`, index));
  for (let from = 0; from < many.length; from += 20) await save(user, id, { keep: many.slice(from, from + 20) });
  const more = { keep: [question("too-many", maxMessages)] };
  await expect(save(user, id, more)).rejects.toMatchObject({ code: "conflict" });
  expect(await texts(user, id)).toHaveLength(maxMessages);
  await save(user, id, { ...more, forget: [many[0]?.id] });
  expect(await texts(user, id)).toHaveLength(maxMessages);
});

test("the last used comes first; titles and what was said are searched, wildcards mean themselves", async () => {
  const ctx = visitor(database.db);
  const user = await signedIn(ctx);
  const ids: string[] = [];
  for (const title of ["Poems", "部署问题", "100% sure"]) {
    ctx.clock.ms += 1_000;
    ids.push((await begin(user, title)).id);
  }
  expect(await titles(user)).toEqual(["100% sure", "部署问题", "Poems"]);
  expect(await titles(user, { page: 2, pageSize: 2 })).toEqual(["Poems"]);
  ctx.clock.ms += 1_000;
  await save(user, ids[0] ?? "", { keep: [question("question", 0, "Write about the Moon and\n the stars")] });
  expect(await titles(user)).toEqual(["Poems", "100% sure", "部署问题"]);
  expect(await titles(user, { search: "部署" })).toEqual(["部署问题"]);
  expect(await titles(user, { search: "%" })).toEqual(["100% sure"]);
  const { items, total } = await listConversations({ ctx: user, input: conversationListQuery.parse({ search: "MOON" }) });
  expect(total).toBe(1);
  expect(items[0]).toMatchObject({ title: "Poems", excerpt: "Write about the Moon and the stars" });
});

test("another user finds, reads, changes and deletes nothing", async () => {
  const ctx = visitor(database.db);
  const [user, other] = [await signedIn(ctx), await signedIn(ctx)];
  const { id } = await begin(user, "Private");
  await save(user, id, { keep: [question("question", 0, "secret words")] });
  expect(
    conversationList.parse(await listConversations({ ctx: other, input: conversationListQuery.parse({ search: "secret" }) })).total,
  ).toBe(0);
  const refused = { code: "not_found" };
  await expect(getConversation({ ctx: other, input: { id } })).rejects.toMatchObject(refused);
  await expect(updateConversation({ ctx: other, input: { id, title: "Mine" } })).rejects.toMatchObject(refused);
  await expect(save(other, id, { keep: [question("intruder", 1)] })).rejects.toMatchObject(refused);
  await expect(save(other, id, { forget: [question("question", 0).id] })).rejects.toMatchObject(refused);
  await expect(removeConversation({ ctx: other, input: { id } })).rejects.toMatchObject(refused);
  expect(await texts(user, id)).toEqual(["secret words"]);
  expect(await titles(user)).toEqual(["Private"]);
});

test("a colleague in the same workspace finds and reads nothing either", async () => {
  const ctx = visitor(database.db);
  const [user, other] = [await signedIn(ctx), await signedIn(ctx)];
  const { id } = await begin(user);
  const colleague = { ...other, actor: { ...other.actor, workspaceId: user.actor.workspaceId } };
  expect(await titles(colleague)).toEqual([]);
  await expect(getConversation({ ctx: colleague, input: { id } })).rejects.toMatchObject({ code: "not_found" });
  await expect(save(colleague, id, { keep: [question("intruder", 1)] })).rejects.toMatchObject({ code: "not_found" });
});

test("another workspace of the same user holds other conversations", async () => {
  const ctx = visitor(database.db);
  const [user, other] = [await signedIn(ctx), await signedIn(ctx)];
  const { id } = await begin(user);
  const elsewhere = { ...user, actor: { ...user.actor, workspaceId: other.actor.workspaceId } };
  expect(await titles(elsewhere)).toEqual([]);
  await expect(getConversation({ ctx: elsewhere, input: { id } })).rejects.toMatchObject({ code: "not_found" });
});

test("a deleted conversation is gone with its messages", async () => {
  const user = await signedIn(visitor(database.db));
  const { id } = await begin(user);
  await save(user, id, { keep: [question("question", 0)] });
  await removeConversation({ ctx: user, input: { id } });
  expect(await database.db.conversationMessage.count({ where: { conversationId: id } })).toBe(0);
  await expect(removeConversation({ ctx: user, input: { id } })).rejects.toMatchObject({ code: "not_found" });
});

test.each([
  [{ images: ["https://example.com/a.png"] }],
  [{ images: ["data:image/svg+xml;base64,AAAA"] }],
  [{ images: Array(5).fill("data:image/png;base64,AAAA") }],
  [{ id: "short" }],
  [{ id: "../../etc" }],
  [{ position: -1 }],
  [{ role: "system" }],
  [{ owner: "me" }],
])("a message with %j is refused", (wrong) => {
  expect(saveMessagesInput.safeParse({ keep: [{ ...question("question", 0), ...wrong }] }).success).toBe(false);
});

test("code goes to the address that serves the model", async () => {
  const user = await signedIn(visitor(database.db, { domain: "d.example" }));
  expect(await endpointOf({ ctx: user, input: { accessName: "public/hydra-tiny" } })).toBe("https://chat.d.example/v1");
  expect(await endpointOf({ ctx: user, input: { accessName: "u-000000000000/gone" } })).toBe("https://chat.d.example/v1");
  await createService(database.db, { workspaceId: user.actor.workspaceId, name: "qwen2.5" });
  const own = `${user.actor.workspaceName}/qwen2.5`;
  expect(await endpointOf({ ctx: user, input: { accessName: own } })).toBe("https://local.d.example/v1");
  const other = await signedIn(visitor(database.db, { domain: "d.example" }));
  expect(await endpointOf({ ctx: other, input: { accessName: own } })).toBe("https://chat.d.example/v1");
});
