import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "#test/database.ts";
import type { Context } from "../context.ts";
import { signedIn, visitor } from "../test-context.ts";
import { connectIdentity } from "./connect-identity.ts";
import { createInvitation } from "./create-invitation.ts";
import { disconnectIdentity } from "./disconnect-identity.ts";
import type { ProvenIdentity } from "./proven-identity.ts";
import { signInWays } from "./sign-in-ways.ts";
import { signInWithIdentity } from "./sign-in-with-identity.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  // The installation has its operator.
  await signedIn(visitor(database.db), { operator: true });
});
afterAll(() => database.drop());

function somebody(change: Partial<ProvenIdentity> = {}): ProvenIdentity {
  const id = randomBytes(6).toString("hex");
  return { provider: "oidc", subject: `https://id.example ${id}`, email: `${id}@example.com`, emailVerified: true, name: "Ann", ...change };
}

const signIn = (ctx: Context, identity: ProvenIdentity) => signInWithIdentity({ ctx, input: { identity, locale: "zh", address: "" } });
const code = (expected: string) => expect.objectContaining({ code: expected });

test("a verified email that is new here gets an account with workspace, wallet and credit; the next time the same one", async () => {
  const ctx = visitor(database.db);
  const identity = somebody();
  const { userId } = await signIn(ctx, identity);
  const user = await database.db.user.findUniqueOrThrow({
    where: { id: userId },
    include: { memberships: { include: { workspace: { include: { accounts: true } } } } },
  });
  expect(user).toMatchObject({ email: identity.email, name: "Ann", passwordHash: null, role: "user", locale: "zh" });
  expect(user.memberships[0]?.workspace.accounts[0]?.balanceNano).toBe(100_000_000_000n);
  // The provider's id decides, whatever email comes with it later.
  expect(await signIn(ctx, { ...identity, email: "married@example.com", emailVerified: false })).toEqual({ userId });
  expect(await database.db.user.count({ where: { email: "married@example.com" } })).toBe(0);
});

test("many first sign-ins at once make one account", async () => {
  const ctx = visitor(database.db);
  const identity = somebody();
  const users = await Promise.all([1, 2, 3, 4].map(() => signIn(ctx, identity)));
  expect(new Set(users.map(({ userId }) => userId)).size).toBe(1);
});

describe("nobody takes over an account", () => {
  test.each(["oidc", "github"] as const)("with the verified email of one that has a password: %s", async (provider) => {
    const ctx = visitor(database.db);
    const email = `${randomBytes(6).toString("hex")}@example.com`;
    const { actor } = await signedIn(ctx, { email });
    await expect(signIn(ctx, somebody({ provider, email: email.toUpperCase() }))).rejects.toEqual(code("identity_not_linked"));
    expect(await database.db.identity.count({ where: { userId: actor.userId } })).toBe(0);
  });

  test("with the verified email of one that signs in elsewhere", async () => {
    const ctx = visitor(database.db);
    const first = somebody();
    await signIn(ctx, first);
    await expect(signIn(ctx, somebody({ provider: "github", email: first.email }))).rejects.toEqual(code("identity_not_linked"));
  });

  test.each([{ emailVerified: false }, { email: null }, { email: "nonsense" }])("and makes none with %j", async (change) => {
    const users = await database.db.user.count();
    await expect(signIn(visitor(database.db), somebody(change))).rejects.toEqual(code("identity_unverified"));
    expect(await database.db.user.count()).toBe(users);
  });

  test("a disabled account stays shut", async () => {
    const ctx = visitor(database.db);
    const identity = somebody();
    const { userId } = await signIn(ctx, identity);
    await database.db.user.update({ where: { id: userId }, data: { status: "disabled" } });
    await expect(signIn(ctx, identity)).rejects.toEqual(code("account_disabled"));
  });
});

describe("where signing up is by invitation", () => {
  test("one for this very email counts once; one for anybody, or for another, does not", async () => {
    const ctx = visitor(database.db, { signup: "invite" });
    const operator = { ...ctx, cli: true as const };
    await createInvitation({ ctx: operator, input: { email: null } });
    await createInvitation({ ctx: operator, input: { email: "other@example.com" } });
    const identity = somebody();
    await expect(signIn(ctx, identity)).rejects.toEqual(code("sign_up_closed"));
    await createInvitation({ ctx: operator, input: { email: identity.email } });
    const { userId } = await signIn(ctx, identity);
    await expect(signIn(ctx, somebody({ email: identity.email }))).rejects.toEqual(code("identity_not_linked"));
    expect(await database.db.invitation.count({ where: { email: identity.email, usedAt: null } })).toBe(0);
    expect(userId).toMatch(/^usr_/);
  });

  test("the first account beyond loopback still needs the set-up token", async () => {
    const empty = await createTestDatabase();
    try {
      const ctx = visitor(empty.db, { beyondLoopback: true, signup: "invite", setupToken: "a set-up token" });
      await expect(signIn(ctx, somebody())).rejects.toMatchObject({ code: "sign_up_closed", data: { needs: "set_up_token" } });
      expect(await empty.db.user.count()).toBe(0);
    } finally {
      await empty.drop();
    }
  });
});

describe("connecting", () => {
  test("a signed-in user connects any account, and signs in with it from then on", async () => {
    const ctx = visitor(database.db);
    const user = await signedIn(ctx);
    const identity = somebody({ provider: "github", emailVerified: false });
    for (const _ of [1, 2]) await connectIdentity({ ctx: user, input: { identity } });
    expect(await signIn(ctx, identity)).toEqual({ userId: user.actor.userId });
    expect(await signInWays({ ctx: user })).toMatchObject({
      hasPassword: true,
      identities: [{ provider: "github", email: identity.email }],
    });
  });

  test("not one that is somebody else's, nor a second of the same provider", async () => {
    const ctx = visitor(database.db);
    const [user, other] = [await signedIn(ctx), await signedIn(ctx)];
    const identity = somebody();
    await connectIdentity({ ctx: other, input: { identity } });
    await expect(connectIdentity({ ctx: user, input: { identity } })).rejects.toMatchObject({
      code: "identity_taken",
      data: { by: "other" },
    });
    await connectIdentity({ ctx: user, input: { identity: somebody() } });
    await expect(connectIdentity({ ctx: user, input: { identity: somebody() } })).rejects.toMatchObject({ data: { by: "self" } });
    expect(await signIn(ctx, identity)).toEqual({ userId: other.actor.userId });
  });

  test("the last way to sign in stays, also of two that go at once", async () => {
    const ctx = visitor(database.db);
    const identity = somebody();
    const { userId } = await signIn(ctx, identity);
    const { workspace } = await database.db.membership.findFirstOrThrow({ where: { userId }, include: { workspace: true } });
    const user = { ...ctx, actor: { userId, workspaceId: workspace.id, workspaceName: workspace.name, role: "user" as const } };
    const leave = (provider: "oidc" | "github") => disconnectIdentity({ ctx: user, input: { provider } });
    await expect(leave("oidc")).rejects.toEqual(code("last_sign_in_way"));
    await connectIdentity({ ctx: user, input: { identity: somebody({ provider: "github" }) } });
    const results = await Promise.allSettled([leave("oidc"), leave("github")]);
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect((await signInWays({ ctx: user })).identities).toHaveLength(1);
  });
});
