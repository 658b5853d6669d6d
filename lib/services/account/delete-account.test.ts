import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "#test/database.ts";
import { createService } from "#test/services-factory.ts";
import { createApiKey } from "../api-keys/create.ts";
import { deploy } from "../model-services/deploy.ts";
import { signedIn, visitor } from "../test-context.ts";
import { deleteAccount } from "./delete-account.ts";
import { deletionFacts } from "./deletion-facts.ts";
import { issuePasswordReset } from "./issue-password-reset.ts";
import { openSession } from "./open-session.ts";
import { readSession } from "./read-session.ts";
import { resetLinkHolds } from "./reset-password.ts";
import { verifyCredentials } from "./verify-credentials.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(() => database.db.user.updateMany({ where: { role: "operator" }, data: { role: "user" } }));

const password = "correct horse";

test("sessions, keys, links and services end; the name goes, and what was paid stays", async () => {
  const ctx = visitor(database.db);
  const email = "leaving@example.com";
  const user = await signedIn(ctx, { email, password });
  const { userId, workspaceId } = user.actor;
  const { sessionId } = await openSession({ ctx, input: { userId, userAgent: "Firefox", address: "192.0.2.1" } });
  const { id: keyId } = await createApiKey({ ctx: user, input: { name: "ci", expiresAt: null } });
  const serviceId = await createService(database.db, { workspaceId });
  const link = await issuePasswordReset({ ctx, input: { email, hours: 1 } });
  const { balanceNano } = await deletionFacts({ ctx: user });
  expect(await deletionFacts({ ctx: user })).toMatchObject({ services: 1, keys: 1, lastOperator: false });

  for (const confirmEmail of ["", "leaving@example.co", "other@example.com"]) {
    await expect(deleteAccount({ ctx: user, input: { confirmEmail } })).rejects.toMatchObject({
      code: "invalid_value",
      param: "confirmEmail",
    });
  }
  expect(await readSession({ ctx, input: { sessionId } })).not.toBeNull();
  await deleteAccount({ ctx: user, input: { confirmEmail: " Leaving@Example.com" } });

  expect(await readSession({ ctx, input: { sessionId } })).toBeNull();
  await expect(verifyCredentials({ ctx, input: { email, password, address: "" } })).rejects.toMatchObject({ code: "wrong_credentials" });
  expect(await resetLinkHolds({ ctx, input: { token: link?.token ?? "" } })).toBe(false);
  expect((await database.db.apiKey.findUniqueOrThrow({ where: { id: keyId } })).revokedAt).toEqual(ctx.now());
  expect(await database.db.modelService.findUniqueOrThrow({ where: { id: serviceId } })).toMatchObject({
    wanted: "deleted",
    generation: 2,
  });
  expect(await database.db.serviceEvent.count({ where: { serviceId, kind: "delete_requested", actor: userId } })).toBe(1);
  const rows = await database.db.$queryRaw<{ text: string }[]>`
    SELECT u::text AS "text" FROM "users" u UNION ALL SELECT s::text FROM "sessions" s UNION ALL SELECT a::text FROM "audit_events" a`;
  expect(JSON.stringify(rows)).not.toMatch(/leaving|192\.0\.2\.1/);
  const wallet = await database.db.ledgerAccount.findFirstOrThrow({ where: { workspaceId, kind: "wallet" } });
  expect(wallet.balanceNano.toString()).toBe(balanceNano);
  // The email is free again, for an account that has nothing of the old one.
  const again = await signedIn(ctx, { email });
  expect(again.actor.workspaceId).not.toBe(workspaceId);
});

test("the last operator stays, also of two that go at once", async () => {
  const ctx = visitor(database.db);
  const boss = await signedIn(ctx, { email: "boss@example.com", operator: true });
  const gone = (user: typeof boss, confirmEmail: string) => deleteAccount({ ctx: user, input: { confirmEmail } });
  expect(await deletionFacts({ ctx: boss })).toMatchObject({ lastOperator: true });
  await expect(gone(boss, "boss@example.com")).rejects.toMatchObject({ code: "last_operator", status: 409 });
  const second = await signedIn(ctx, { email: "second@example.com", operator: true });
  expect(await deletionFacts({ ctx: boss })).toMatchObject({ lastOperator: false });
  const results = await Promise.allSettled([gone(boss, "boss@example.com"), gone(second, "second@example.com")]);
  expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  expect(await database.db.user.count({ where: { role: "operator", status: "active" } })).toBe(1);
});

test("services that are asked for at the same moment are ended with the account, or refused", async () => {
  const ctx = visitor(database.db);
  const user = await signedIn(ctx);
  const type = await database.db.instanceType.findFirstOrThrow({ where: { region: { name: "local" } } });
  const place = { modelSlug: "hydra-tiny", regionId: type.regionId, instanceTypeId: type.id, instances: 1 };
  const { email } = await database.db.user.findUniqueOrThrow({ where: { id: user.actor.userId } });
  const asked = Array.from({ length: 12 }, (_, index) =>
    deploy({ ctx: user, input: { ...place, name: `racing-${index}` } }).then(
      () => "deployed",
      (error: { code: string }) => error.code,
    ),
  );
  await Promise.all([...asked.slice(0, 6), deleteAccount({ ctx: user, input: { confirmEmail: email } }), ...asked.slice(6)]);
  for (const outcome of await Promise.all(asked)) expect(["deployed", "sign_in_required", "not_found"]).toContain(outcome);
  const left = { workspaceId: user.actor.workspaceId, wanted: { not: "deleted" } } as const;
  expect(await database.db.modelService.count({ where: left })).toBe(0);
  await expect(deploy({ ctx: user, input: { ...place, name: "late" } })).rejects.toMatchObject({ code: "sign_in_required" });
});
