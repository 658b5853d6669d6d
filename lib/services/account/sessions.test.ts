import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { me as meContract, sessionView } from "#lib/contracts/account.ts";
import { createTestDatabase, type TestDatabase } from "#test/database.ts";
import type { Context } from "../context.ts";
import { signedIn, visitor } from "../test-context.ts";
import { changePassword } from "./change-password.ts";
import { listSessions } from "./list-sessions.ts";
import { me } from "./me.ts";
import { openSession } from "./open-session.ts";
import { readSession } from "./read-session.ts";
import { revokeAllSessions } from "./revoke-all-sessions.ts";
import { revokeSession } from "./revoke-session.ts";
import { verifyCredentials } from "./verify-credentials.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

async function open(ctx: Context, userId: string) {
  const { sessionId } = await openSession({ ctx, input: { userId, userAgent: "Firefox", address: "192.0.2.1" } });
  return sessionId;
}

test("a session tells who it is, for 30 days", async () => {
  const ctx = visitor(database.db);
  const user = await signedIn(ctx, { email: "ann@example.com" });
  const sessionId = await open(ctx, user.actor.userId);
  expect(await readSession({ ctx, input: { sessionId } })).toEqual({
    sessionId,
    actor: user.actor,
    email: "ann@example.com",
    name: "ann",
    locale: null,
  });
  expect(await readSession({ ctx, input: { sessionId: "ses_none" } })).toBeNull();
  ctx.clock.ms += 30 * 86_400_000;
  expect(await readSession({ ctx, input: { sessionId } })).toBeNull();
});

test("lastSeenAt moves once a minute", async () => {
  const ctx = visitor(database.db);
  const user = await signedIn(ctx);
  const sessionId = await open(ctx, user.actor.userId);
  const seen = async () => (await database.db.session.findUniqueOrThrow({ where: { id: sessionId } })).lastSeenAt.getTime();
  const start = ctx.clock.ms;
  ctx.clock.ms += 59_000;
  await readSession({ ctx, input: { sessionId } });
  expect(await seen()).toBe(start);
  ctx.clock.ms += 2_000;
  await readSession({ ctx, input: { sessionId } });
  expect(await seen()).toBe(ctx.clock.ms);
});

test("revoking ends a session; another's is not found", async () => {
  const ctx = visitor(database.db);
  const [owner, other] = [await signedIn(ctx), await signedIn(ctx)];
  const sessionId = await open(ctx, owner.actor.userId);
  await expect(revokeSession({ ctx: other, input: { sessionId } })).rejects.toMatchObject({ code: "not_found" });
  expect(await readSession({ ctx, input: { sessionId } })).not.toBeNull();
  await revokeSession({ ctx: owner, input: { sessionId } });
  expect(await readSession({ ctx, input: { sessionId } })).toBeNull();
  await expect(revokeSession({ ctx: owner, input: { sessionId } })).rejects.toMatchObject({ code: "not_found" });
});

test("a disabled user's sessions are worth nothing", async () => {
  const ctx = visitor(database.db);
  const user = await signedIn(ctx);
  const sessionId = await open(ctx, user.actor.userId);
  await database.db.user.update({ where: { id: user.actor.userId }, data: { status: "disabled" } });
  expect(await readSession({ ctx, input: { sessionId } })).toBeNull();
});

test("signing out everywhere leaves the session it names, and other people's", async () => {
  const ctx = visitor(database.db);
  const [owner, other] = [await signedIn(ctx), await signedIn(ctx)];
  const ids = [await open(ctx, owner.actor.userId), await open(ctx, owner.actor.userId), await open(ctx, owner.actor.userId)];
  const others = await open(ctx, other.actor.userId);
  const current = ids[1] as string;
  const listed = await listSessions({ ctx: owner, input: { currentSessionId: current } });
  expect(listed.items).toHaveLength(3);
  for (const item of listed.items) expect(sessionView.parse(item).current).toBe(item.id === current);
  expect(await revokeAllSessions({ ctx: owner, input: { exceptSessionId: current } })).toEqual({ revoked: 2 });
  expect((await listSessions({ ctx: owner, input: { currentSessionId: current } })).items.map((item) => item.id)).toEqual([current]);
  expect(await revokeAllSessions({ ctx: owner, input: { exceptSessionId: null } })).toEqual({ revoked: 1 });
  expect(await readSession({ ctx, input: { sessionId: others } })).not.toBeNull();
});

test("a new password needs the current one and ends the other sessions", async () => {
  const ctx = visitor(database.db);
  const user = await signedIn(ctx, { email: "carol@example.com", password: "the old one" });
  const [here, there] = [await open(ctx, user.actor.userId), await open(ctx, user.actor.userId)];
  const input = { newPassword: "the new one", currentSessionId: here, address: "" };
  await expect(changePassword({ ctx: user, input: { ...input, currentPassword: "wrong" } })).rejects.toMatchObject({
    code: "wrong_credentials",
    param: "currentPassword",
  });
  expect(await readSession({ ctx, input: { sessionId: there } })).not.toBeNull();
  await changePassword({ ctx: user, input: { ...input, currentPassword: "the old one" } });
  expect(await readSession({ ctx, input: { sessionId: here } })).not.toBeNull();
  expect(await readSession({ ctx, input: { sessionId: there } })).toBeNull();
  const signIn = (password: string) => verifyCredentials({ ctx, input: { email: "carol@example.com", password, address: "" } });
  await expect(signIn("the old one")).rejects.toMatchObject({ code: "wrong_credentials" });
  await signIn("the new one");
  const audit = await database.db.auditEvent.findFirst({ where: { action: "user.change_password", targetId: user.actor.userId } });
  expect(audit).toMatchObject({ actor: user.actor.userId });
});

test("me answers as its contract says", async () => {
  const user = await signedIn(visitor(database.db, { signupCredit: 7 }), { email: "dora@example.com", operator: true });
  expect(z.strictObject(meContract.shape).parse(await me({ ctx: user }))).toEqual({
    id: user.actor.userId,
    email: "dora@example.com",
    name: "dora",
    role: "operator",
    workspace: { id: user.actor.workspaceId, name: user.actor.workspaceName },
    balanceNano: "7000000000",
    currency: "CNY",
  });
  await expect(me({ ctx: visitor(database.db) })).rejects.toMatchObject({ code: "sign_in_required" });
});
