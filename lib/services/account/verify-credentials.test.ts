import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "#test/database.ts";
import type { Context } from "../context.ts";
import { signedIn, visitor } from "../test-context.ts";
import { windowMs } from "./throttle.ts";
import { verifyCredentials } from "./verify-credentials.ts";

const password = "correct horse";
let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

function attempt(ctx: Context, email: string, given: string, address: string) {
  return verifyCredentials({ ctx, input: { email, password: given, address } });
}

test("the right password names the user; a wrong one and an unknown email get the same answer", async () => {
  const ctx = visitor(database.db);
  const { actor } = await signedIn(ctx, { email: "bob@example.com" });
  expect(await attempt(ctx, "bob@example.com", password, "192.0.2.1")).toEqual({ userId: actor.userId });
  const wrong = await attempt(ctx, "bob@example.com", "wrong", "192.0.2.1").catch((error) => error);
  const unknown = await attempt(ctx, "nobody@example.com", "wrong", "192.0.2.1").catch((error) => error);
  expect(wrong).toMatchObject({ code: "wrong_credentials", status: 401 });
  expect({ ...unknown, message: unknown.message }).toEqual({ ...wrong, message: wrong.message });
});

test("a wrong password and an unknown email take the same time", async () => {
  const ctx = visitor(database.db);
  await signedIn(ctx, { email: "slow@example.com" });
  const measure = async (email: string) => {
    const start = performance.now();
    await attempt(ctx, email, "wrong", "").catch(() => {});
    return performance.now() - start;
  };
  const known: number[] = [];
  const unknown: number[] = [];
  for (let round = 0; round < 7; round++) {
    known.push(await measure("slow@example.com"));
    unknown.push(await measure("nobody-either@example.com"));
  }
  const median = (times: number[]) => times.sort((a, b) => a - b)[3] ?? 0;
  expect(median(unknown) / median(known)).toBeGreaterThan(0.4);
  expect(median(unknown) / median(known)).toBeLessThan(2.5);
});

test("the eleventh wrong password of an account is refused unseen, until the window ends; others are not", async () => {
  const ctx = visitor(database.db);
  await signedIn(ctx, { email: "target@example.com" });
  await signedIn(ctx, { email: "bystander@example.com" });
  for (let time = 0; time < 10; time++) {
    await expect(attempt(ctx, "target@example.com", "wrong", `192.0.2.${100 + time}`)).rejects.toMatchObject({ code: "wrong_credentials" });
  }
  ctx.clock.ms += 60_000;
  const refused = await attempt(ctx, "target@example.com", password, "192.0.2.200").catch((error) => error);
  expect(refused).toMatchObject({ code: "too_many_attempts", status: 429, retryAfterSeconds: 14 * 60 });
  await attempt(ctx, "bystander@example.com", password, "192.0.2.200");
  // A refusal is no attempt: it neither lengthens the window nor counts against the address.
  expect(await database.db.authAttempt.findFirst({ where: { subject: "account:target@example.com" } })).toMatchObject({ failures: 10 });
  ctx.clock.ms += windowMs;
  await attempt(ctx, "target@example.com", password, "192.0.2.200");
});

test("the eleventh wrong password from an address is refused, whatever the account", async () => {
  const ctx = visitor(database.db);
  await signedIn(ctx, { email: "neighbour@example.com" });
  for (let time = 0; time < 10; time++) {
    await expect(attempt(ctx, `spray${time}@example.com`, "wrong", "203.0.113.9")).rejects.toMatchObject({ code: "wrong_credentials" });
  }
  await expect(attempt(ctx, "neighbour@example.com", password, "203.0.113.9")).rejects.toMatchObject({ code: "too_many_attempts" });
  expect(await database.db.authAttempt.count({ where: { subject: "account:neighbour@example.com" } })).toBe(0);
  await attempt(ctx, "neighbour@example.com", password, "203.0.113.10");
});

test("thirty wrong passwords at once: ten are looked at", async () => {
  const ctx = visitor(database.db);
  await signedIn(ctx, { email: "flood@example.com" });
  const codes = await Promise.all(
    Array.from({ length: 30 }, () => attempt(ctx, "flood@example.com", "wrong", "203.0.113.20").catch((error) => error.code)),
  );
  expect(codes.filter((code) => code === "wrong_credentials")).toHaveLength(10);
  expect(codes.filter((code) => code === "too_many_attempts")).toHaveLength(20);
});

test("a success clears the account's count and costs the address nothing", async () => {
  const ctx = visitor(database.db);
  await signedIn(ctx, { email: "clumsy@example.com" });
  for (let round = 0; round < 2; round++) {
    for (let time = 0; time < 5; time++) await attempt(ctx, "clumsy@example.com", "wrong", "203.0.113.30").catch(() => {});
    await attempt(ctx, "clumsy@example.com", password, `203.0.113.${31 + round}`);
  }
  expect(await database.db.authAttempt.count({ where: { subject: "account:clumsy@example.com" } })).toBe(0);
  expect(await database.db.authAttempt.findFirst({ where: { subject: "address:203.0.113.31" } })).toMatchObject({ failures: 0 });
});

test("windows that have ended are swept away", async () => {
  const ctx = visitor(database.db);
  await signedIn(ctx, { email: "late@example.com" });
  await attempt(ctx, "gone@example.com", "wrong", "").catch(() => {});
  ctx.clock.ms += windowMs + 1;
  await attempt(ctx, "late@example.com", password, "");
  expect(await database.db.authAttempt.count({ where: { subject: "account:gone@example.com" } })).toBe(0);
});

test("that an account is disabled is told only to who knows its password", async () => {
  const ctx = visitor(database.db);
  const { actor } = await signedIn(ctx, { email: "off@example.com" });
  await database.db.user.update({ where: { id: actor.userId }, data: { status: "disabled" } });
  await expect(attempt(ctx, "off@example.com", "wrong", "")).rejects.toMatchObject({ code: "wrong_credentials" });
  await expect(attempt(ctx, "off@example.com", password, "")).rejects.toMatchObject({ code: "account_disabled" });
});
