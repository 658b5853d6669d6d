import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "#test/database.ts";
import { signedIn, visitor } from "../test-context.ts";
import { createInvitation } from "./create-invitation.ts";
import { createUser } from "./create-user.ts";
import { findUserByEmail } from "./find-user-by-email.ts";
import { signUp } from "./sign-up.ts";
import { signUpMode } from "./sign-up-mode.ts";
import { verifyCredentials } from "./verify-credentials.ts";

const form = { password: "correct horse", token: "", locale: "zh", address: "192.0.2.1" } as const;
const setupToken = "0123456789abcdef";
const empty: TestDatabase[] = [];

/** Beside the shared one: installations without any account. */
async function emptyDatabase() {
  const made = await createTestDatabase();
  empty.push(made);
  return made.db;
}

let shared: TestDatabase;
beforeAll(async () => {
  shared = await createTestDatabase();
  await signedIn(visitor(shared.db), { email: "first@example.com", operator: true });
});
afterAll(async () => {
  await shared.drop();
  await Promise.all(empty.map((database) => database.drop()));
});

test("of sign-ups at the same moment just one is the first, and the operator", async () => {
  const db = await emptyDatabase();
  const ctx = visitor(db);
  const emails = ["a", "b", "c", "d", "e", "f"].map((name) => `${name}@example.com`);
  await Promise.all(emails.map((email) => signUp({ ctx, input: { ...form, email } })));
  const users = await db.user.findMany();
  expect(users).toHaveLength(6);
  expect(users.filter((user) => user.role === "operator")).toHaveLength(1);
});

test("an account comes with a personal workspace, its wallet, its credit, and an audit row", async () => {
  const { db } = shared;
  await signUp({ ctx: visitor(db), input: { ...form, email: "ann@example.com" } });
  const user = await db.user.findUniqueOrThrow({
    where: { email: "ann@example.com" },
    include: { memberships: { include: { workspace: { include: { accounts: true } } } } },
  });
  expect(user).toMatchObject({
    role: "user",
    name: "ann",
    locale: "zh",
    passwordHash: expect.stringMatching(/^\$argon2id\$v=19\$m=65536,t=3,p=1\$/),
  });
  const [membership, ...others] = user.memberships;
  expect(others).toEqual([]);
  expect(membership).toMatchObject({ role: "owner", workspace: { kind: "personal", name: expect.stringMatching(/^u-[0-9a-f]{12}$/) } });
  expect(membership?.workspace.accounts).toMatchObject([{ kind: "wallet", balanceNano: 100_000_000_000n }]);
  expect(await db.ledgerTransaction.count({ where: { idempotencyKey: `signup-credit:${user.id}`, kind: "signup_credit" } })).toBe(1);
  expect(await db.auditEvent.findFirst({ where: { action: "user.create", targetId: user.id } })).toMatchObject({ actor: user.id });
});

test("a credit of 0 writes no transaction", async () => {
  const ctx = visitor(shared.db, { signupCredit: 0 });
  await signUp({ ctx, input: { ...form, email: "poor@example.com" } });
  const found = await findUserByEmail({ ctx: { ...ctx, cli: true }, input: { email: "poor@example.com" } });
  expect(await shared.db.ledgerTransaction.count({ where: { idempotencyKey: `signup-credit:${found?.actor.userId}` } })).toBe(0);
});

test("a known email is neither told nor changed, and the stranger's password does not open it", async () => {
  const ctx = visitor(shared.db);
  const before = await shared.db.user.findUniqueOrThrow({ where: { email: "first@example.com" } });
  const users = await shared.db.user.count();
  await expect(signUp({ ctx, input: { ...form, email: "first@example.com", password: "the stranger's" } })).resolves.toBeUndefined();
  expect(await shared.db.user.findUniqueOrThrow({ where: { email: "first@example.com" } })).toEqual(before);
  expect(await shared.db.user.count()).toBe(users);
  const stranger = { email: "first@example.com", password: "the stranger's", address: form.address };
  await expect(verifyCredentials({ ctx, input: stranger })).rejects.toMatchObject({ code: "wrong_credentials" });
});

test("two sign-ups with one email at once make one account", async () => {
  const ctx = visitor(shared.db);
  await Promise.all([1, 2, 3].map(() => signUp({ ctx, input: { ...form, email: "twice@example.com" } })));
  expect(await shared.db.user.count({ where: { email: "twice@example.com" } })).toBe(1);
});

test("beyond loopback the first account needs the set-up token, the others an invitation", async () => {
  const db = await emptyDatabase();
  const ctx = visitor(db, { beyondLoopback: true, setupToken, signup: "invite" });
  const input = { ...form, email: "op@example.com" };
  expect(await signUpMode({ ctx })).toBe("first_with_token");
  for (const token of ["", "0123456789abcdeX", `${setupToken}0`]) {
    await expect(signUp({ ctx, input: { ...input, token } })).rejects.toMatchObject({
      code: "sign_up_closed",
      param: "token",
      data: { needs: "set_up_token" },
    });
  }
  const unset = visitor(db, { beyondLoopback: true, setupToken: null });
  await expect(signUp({ ctx: unset, input })).rejects.toMatchObject({ code: "sign_up_closed" });
  expect(await db.user.count()).toBe(0);
  await signUp({ ctx, input: { ...input, token: setupToken } });
  expect(await db.user.findFirst()).toMatchObject({ email: "op@example.com", role: "operator" });
  expect(await signUpMode({ ctx })).toBe("invite");
  await expect(signUp({ ctx, input: { ...form, email: "late@example.com", token: setupToken } })).rejects.toMatchObject({
    code: "sign_up_closed",
    data: { needs: "invitation" },
  });
});

test("two first sign-ups with the set-up token at once: one gets in", async () => {
  const db = await emptyDatabase();
  const ctx = visitor(db, { beyondLoopback: true, setupToken, signup: "invite" });
  const tries = await Promise.allSettled(
    ["x@example.com", "y@example.com"].map((email) => signUp({ ctx, input: { ...form, email, token: setupToken } })),
  );
  expect(tries.map((one) => one.status).sort()).toEqual(["fulfilled", "rejected"]);
  expect(await db.user.findMany()).toMatchObject([{ role: "operator" }]);
});

test("on loopback the first account needs no invitation even where sign-up is by invitation", async () => {
  const ctx = visitor(await emptyDatabase(), { signup: "invite" });
  expect(await signUpMode({ ctx })).toBe("open");
  await signUp({ ctx, input: { ...form, email: "me@example.com" } });
  expect(await signUpMode({ ctx })).toBe("invite");
});

test("an invitation works once, in time, for its own email; a known email does not use it up", async () => {
  const { db } = shared;
  const ctx = visitor(db, { signup: "invite" });
  const operator = await signedIn(ctx, { operator: true });
  const closed = { code: "sign_up_closed", data: { needs: "invitation" } };
  const { token, id } = await createInvitation({ ctx: operator, input: { email: "guest@example.com", days: 1 } });
  await expect(signUp({ ctx, input: { ...form, email: "other@example.com", token } })).rejects.toMatchObject(closed);
  ctx.clock.ms += 86_400_001;
  await expect(signUp({ ctx, input: { ...form, email: "guest@example.com", token } })).rejects.toMatchObject(closed);
  ctx.clock.ms -= 86_400_001;
  await signUp({ ctx, input: { ...form, email: "guest@example.com", token } });
  expect((await db.invitation.findUniqueOrThrow({ where: { id } })).usedAt).not.toBeNull();
  await expect(signUp({ ctx, input: { ...form, email: "guest@example.com", token } })).rejects.toMatchObject(closed);

  const open = await createInvitation({ ctx: operator, input: { email: null } });
  await signUp({ ctx, input: { ...form, email: "first@example.com", token: open.token } });
  const tries = await Promise.allSettled(
    ["p@example.com", "q@example.com"].map((email) => signUp({ ctx, input: { ...form, email, token: open.token } })),
  );
  expect(tries.map((one) => one.status).sort()).toEqual(["fulfilled", "rejected"]);
  expect(JSON.stringify(await db.invitation.findMany())).not.toContain(open.token);
});

test("tokens can be guessed ten times from one address", async () => {
  const ctx = visitor(shared.db, { signup: "invite" });
  const guess = () => signUp({ ctx, input: { ...form, address: "192.0.2.77", email: "thief@example.com", token: "guess" } });
  for (let time = 0; time < 10; time++) await expect(guess()).rejects.toMatchObject({ code: "sign_up_closed" });
  await expect(guess()).rejects.toMatchObject({ code: "too_many_attempts" });
});

test("accounts and invitations are made by operators and the command alone", async () => {
  const ctx = visitor(shared.db);
  const user = await signedIn(ctx);
  const input = { email: "made@example.com", password: "correct horse", operator: true };
  await expect(createUser({ ctx, input })).rejects.toMatchObject({ code: "sign_in_required" });
  await expect(createUser({ ctx: user, input })).rejects.toMatchObject({ code: "insufficient_permissions" });
  await expect(createInvitation({ ctx: user, input: { email: null } })).rejects.toMatchObject({ code: "insufficient_permissions" });
  await expect(findUserByEmail({ ctx: user, input: { email: "first@example.com" } })).rejects.toMatchObject({
    code: "insufficient_permissions",
  });
  const cli = { ...ctx, cli: true as const };
  const made = await createUser({ ctx: cli, input });
  expect(await findUserByEmail({ ctx: cli, input })).toEqual({ actor: made, email: input.email, status: "active" });
  expect(await findUserByEmail({ ctx: cli, input: { email: "nobody@example.com" } })).toBeNull();
  await expect(createUser({ ctx: cli, input })).rejects.toMatchObject({ code: "conflict", param: "email" });
  expect(await shared.db.auditEvent.findFirst({ where: { targetId: made.userId } })).toMatchObject({ actor: "cli" });
});
