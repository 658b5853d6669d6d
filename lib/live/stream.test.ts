import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type LiveMessage, liveMessage } from "#lib/contracts/live.ts";
import { openSession } from "#lib/services/account/open-session.ts";
import { readSession } from "#lib/services/account/read-session.ts";
import { revokeSession } from "#lib/services/account/revoke-session.ts";
import { type SignedIn, signedIn, visitor } from "#lib/services/test-context.ts";
import { createTestDatabase, type TestDatabase } from "#test/database.ts";
import { createService } from "#test/services-factory.ts";
import { LiveHub } from "./hub.ts";
import { openLiveStream } from "./stream.ts";

let database: TestDatabase;
let hub: LiveHub;
const beatMs = 40;

beforeAll(async () => {
  database = await createTestDatabase();
  hub = new LiveHub({ url: database.url, onError: () => {} });
});
afterAll(async () => {
  hub.close();
  await database.drop();
});

/** A stream as the route opens it, for a session of the user's own, and what it has said so far. */
async function open(user: SignedIn) {
  const { sessionId } = await openSession({ ctx: user, input: { userId: user.actor.userId, address: "", userAgent: "" } });
  const { workspaceId } = user.actor;
  const mayListen = async () => (await readSession({ ctx: user, input: { sessionId } }))?.actor.workspaceId === workspaceId;
  const stream = openLiveStream({ hub, workspaceId, mayListen, beatMs });
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  const heard: LiveMessage[] = [];
  const ended = (async () => {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      const text = decoder.decode(part.value);
      expect(text).toMatch(/^data: .*\n\n$/);
      heard.push(liveMessage.parse(JSON.parse(text.slice("data: ".length))));
    }
  })();
  await expect.poll(() => heard.map(({ kind }) => kind)).toContain("ready");
  return { sessionId, heard, ended, leave: () => reader.cancel() };
}

const timely = (ended: Promise<void>) => Promise.race([ended.then(() => "ended"), sleep(3_000, "still open")]);

test("it beats, tells what changes, and ends for the hub when its reader leaves", async () => {
  const user = await signedIn(visitor(database.db));
  const { heard, leave } = await open(user);
  await expect.poll(() => heard.filter(({ kind }) => kind === "beat").length).toBeGreaterThan(2);
  await createService(database.db, { workspaceId: user.actor.workspaceId });
  await expect.poll(() => heard.find(({ kind }) => kind === "changed")).toEqual({ kind: "changed", topics: ["services"] });
  expect(hub.size).toBe(1);
  await leave();
  expect(hub.size).toBe(0);
});

test("a session that was ended ends its stream, not those of others", async () => {
  const user = await signedIn(visitor(database.db));
  const [one, another] = [await open(user), await open(user)];
  await revokeSession({ ctx: user, input: { sessionId: one.sessionId } });
  expect(await timely(one.ended)).toBe("ended");
  expect(hub.size).toBe(1);
  await another.leave();
});

test.each([
  ["who is no member any more", (user: SignedIn) => database.db.membership.deleteMany({ where: { userId: user.actor.userId } })],
  ["a disabled account", (user: SignedIn) => database.db.user.update({ where: { id: user.actor.userId }, data: { status: "disabled" } })],
] as const)("it ends for %s", async (_, take) => {
  const user = await signedIn(visitor(database.db));
  const { ended } = await open(user);
  await take(user);
  expect(await timely(ended)).toBe("ended");
  expect(hub.size).toBe(0);
});

test("a reader who takes nothing is let go", async () => {
  const stream = openLiveStream({ hub, workspaceId: "ws_slow", mayListen: async () => true, beatMs: 1 });
  expect(hub.size).toBe(1);
  await expect.poll(() => hub.size).toBe(0);
  await stream.cancel();
});

test("while nobody can tell whether it may go on, it goes on", async () => {
  const mayListen = () => Promise.reject(new Error("the database is away"));
  const stream = openLiveStream({ hub, workspaceId: "ws_dark", mayListen, beatMs: 10 });
  const reader = stream.getReader();
  for (let part = 0; part < 5; part += 1) expect((await reader.read()).done).toBe(false);
  await reader.cancel();
});
