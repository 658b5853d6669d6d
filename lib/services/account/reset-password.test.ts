import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "#test/database.ts";
import { signedIn, visitor } from "../test-context.ts";
import { issuePasswordReset } from "./issue-password-reset.ts";
import { openSession } from "./open-session.ts";
import { readSession } from "./read-session.ts";
import { requestPasswordReset } from "./request-password-reset.ts";
import { resetLinkHolds, resetPassword } from "./reset-password.ts";
import { maxFailures, windowMs } from "./throttle.ts";
import { verifyCredentials } from "./verify-credentials.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const address = "192.0.2.7";
const password = "a new password";

async function lost(hours = 1) {
  const ctx = visitor(database.db);
  const user = await signedIn(ctx);
  const { email } = await database.db.user.findUniqueOrThrow({ where: { id: user.actor.userId } });
  const issue = async () => {
    const link = await issuePasswordReset({ ctx, input: { email, hours } });
    if (!link) throw new Error("no link");
    return link;
  };
  const signIn = (given: string) => verifyCredentials({ ctx, input: { email, password: given, address: "" } });
  return { ctx, user, email, issue, signIn };
}

test("a link sets a new password once, ends every session and every other link", async () => {
  const { ctx, user, email, issue, signIn } = await lost();
  const { userId } = user.actor;
  const { sessionId } = await openSession({ ctx, input: { userId, userAgent: "", address: "" } });
  const [first, second] = [await issue(), await issue()];
  expect(await resetLinkHolds({ ctx, input: first })).toBe(true);
  expect(await resetPassword({ ctx, input: { token: first.token, password, address } })).toEqual({ email });
  expect(await signIn(password)).toEqual({ userId });
  await expect(signIn("correct horse")).rejects.toMatchObject({ code: "wrong_credentials" });
  expect(await readSession({ ctx, input: { sessionId } })).toBeNull();
  for (const { token } of [first, second]) {
    expect(await resetLinkHolds({ ctx, input: { token } })).toBe(false);
    await expect(resetPassword({ ctx, input: { token, password: "yet another", address } })).rejects.toMatchObject({
      ...{ code: "reset_link_invalid", status: 400 },
    });
  }
  expect(await signIn(password)).toEqual({ userId });
});

test("of many uses at once one succeeds", async () => {
  const { ctx, issue } = await lost();
  const { token } = await issue();
  const uses = ["one", "two", "three"].map((word) =>
    resetPassword({ ctx, input: { token, password: `password ${word}`, address: "192.0.2.8" } }),
  );
  expect((await Promise.allSettled(uses)).filter(({ status }) => status === "fulfilled")).toHaveLength(1);
});

test("a link ends with its time, and only its hash is kept", async () => {
  const { ctx, issue, signIn } = await lost();
  const { token, expiresAt } = await issue();
  expect(expiresAt.getTime()).toBe(ctx.clock.ms + 3_600_000);
  const rows = await database.db.$queryRaw<{ text: string }[]>`
    SELECT r::text AS "text" FROM "password_resets" r UNION ALL SELECT a::text FROM "audit_events" a`;
  expect(JSON.stringify(rows)).not.toContain(token);
  ctx.clock.ms += 3_600_000;
  await expect(resetPassword({ ctx, input: { token, password, address } })).rejects.toMatchObject({ code: "reset_link_invalid" });
  await expect(signIn("correct horse")).resolves.toBeTruthy();
});

test("an unknown email and a disabled account get no link, and a disabled one's link does nothing", async () => {
  const { ctx, user, email, issue } = await lost();
  const { token } = await issue();
  await database.db.user.update({ where: { id: user.actor.userId }, data: { status: "disabled" } });
  expect(await issuePasswordReset({ ctx, input: { email, hours: 1 } })).toBeNull();
  expect(await issuePasswordReset({ ctx, input: { email: "nobody@example.com", hours: 1 } })).toBeNull();
  await expect(resetPassword({ ctx, input: { token, password, address } })).rejects.toMatchObject({ code: "reset_link_invalid" });
});

test("who was locked out by wrong passwords gets in with the new one", async () => {
  const { issue, ctx, signIn } = await lost();
  for (let round = 0; round < maxFailures; round++) await signIn("wrong").catch(() => {});
  await expect(signIn("correct horse")).rejects.toMatchObject({ code: "too_many_attempts" });
  await resetPassword({ ctx, input: { token: (await issue()).token, password, address: "192.0.2.9" } });
  await expect(signIn(password)).resolves.toBeTruthy();
});

describe("limits", () => {
  test("wrong tokens are counted by address, and then a right one is not looked at either", async () => {
    const { ctx, issue } = await lost();
    const from = "198.51.100.1";
    const attempt = (token: string) => resetPassword({ ctx, input: { token, password, address: from } });
    for (let round = 0; round < maxFailures; round++) await expect(attempt("guess")).rejects.toMatchObject({ code: "reset_link_invalid" });
    const { token } = await issue();
    await expect(attempt(token)).rejects.toMatchObject({ code: "too_many_attempts" });
    ctx.clock.ms += windowMs;
    const later = await issue();
    await expect(attempt(later.token)).resolves.toBeTruthy();
  });

  test("known and unknown emails are asked for alike, and counted alike", async () => {
    const { ctx, email } = await lost();
    const ask = (input: { email: string; address: string }) =>
      requestPasswordReset({ ctx, input }).catch(({ code, message, data }: { code: string; message: string; data: object }) => ({
        ...{ code, message, data },
      }));
    const answers = { known: [] as unknown[], unknown: [] as unknown[] };
    for (let round = 0; round <= maxFailures; round++) {
      answers.known.push(await ask({ email, address: `203.0.113.${round}` }));
      answers.unknown.push(await ask({ email: "nobody@example.org", address: `203.0.114.${round}` }));
    }
    expect(answers.known).toEqual(answers.unknown);
    expect(answers.known.at(-1)).toMatchObject({ code: "too_many_attempts" });
    expect(answers.known.slice(0, -1).every((answer) => answer === undefined)).toBe(true);
  });
});
