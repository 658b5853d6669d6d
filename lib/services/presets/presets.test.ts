import { afterAll, beforeAll, expect, test } from "vitest";
import { presetList, savePresetInput } from "#lib/contracts/conversations.ts";
import { createTestDatabase, type TestDatabase } from "#test/database.ts";
import { type SignedIn, signedIn, visitor } from "../test-context.ts";
import { listPresets } from "./list.ts";
import { removePreset } from "./remove.ts";
import { savePreset } from "./save.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const save = (user: SignedIn, input: object) => savePreset({ ctx: user, input: savePresetInput.parse(input) });

test("presets are listed by name; the same name again replaces", async () => {
  const user = await signedIn(visitor(database.db));
  await save(user, { name: "Strict", parameters: { temperature: 0 } });
  await save(user, { name: "Poet", systemPrompt: "Rhyme.", parameters: { temperature: 1.2, top_p: 0.9 } });
  await save(user, { name: "Strict", parameters: { temperature: 0, seed: 7 } });
  const { items } = presetList.parse(await listPresets({ ctx: user }));
  expect(items).toMatchObject([
    { name: "Poet", systemPrompt: "Rhyme.", parameters: { temperature: 1.2, top_p: 0.9 } },
    { name: "Strict", systemPrompt: "", parameters: { temperature: 0, seed: 7 } },
  ]);
});

test("there is a bound on how many a user has; one of a known name still fits", async () => {
  const user = await signedIn(visitor(database.db));
  for (let index = 0; index < 100; index++) await save(user, { name: `Preset ${index}` });
  await expect(save(user, { name: "One more" })).rejects.toMatchObject({ code: "conflict" });
  await save(user, { name: "Preset 5", systemPrompt: "changed" });
});

test("another user neither sees, replaces nor deletes them", async () => {
  const ctx = visitor(database.db);
  const [user, other] = [await signedIn(ctx), await signedIn(ctx)];
  const { id } = await save(user, { name: "Mine", systemPrompt: "secret" });
  expect(await listPresets({ ctx: other })).toEqual({ items: [] });
  const colleague = { ...other, actor: { ...other.actor, workspaceId: user.actor.workspaceId } };
  expect(await listPresets({ ctx: colleague })).toEqual({ items: [] });
  await expect(removePreset({ ctx: colleague, input: { id } })).rejects.toMatchObject({ code: "not_found" });
  await save(other, { name: "Mine", systemPrompt: "theirs" });
  await expect(removePreset({ ctx: other, input: { id } })).rejects.toMatchObject({ code: "not_found" });
  expect((await listPresets({ ctx: user })).items).toMatchObject([{ systemPrompt: "secret" }]);
  await removePreset({ ctx: user, input: { id } });
  expect(await listPresets({ ctx: user })).toEqual({ items: [] });
});
