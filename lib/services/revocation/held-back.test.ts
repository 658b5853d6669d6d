import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "#test/database.ts";
import { deleteAccount } from "../account/delete-account.ts";
import { createApiKey } from "../api-keys/create.ts";
import { disableApiKey } from "../api-keys/disable.ts";
import { endGrace } from "../api-keys/end-grace.ts";
import { removeApiKey } from "../api-keys/remove.ts";
import { rotateApiKey } from "../api-keys/rotate.ts";
import { updateApiKey } from "../api-keys/update.ts";
import { type SignedIn, signedIn, visitor } from "../test-context.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.db.gateway.deleteMany());
afterAll(() => database.drop());

const heldMs = 300;

interface Subject {
  ctx: SignedIn;
  id: string;
  email: string;
}

/** Everything that takes a right away from callers. */
const takingAway: [string, (subject: Subject) => Promise<unknown>][] = [
  ["disabling a key", ({ ctx, id }) => disableApiKey({ ctx, input: { id } })],
  ["changing a key", ({ ctx, id }) => updateApiKey({ ctx, input: { id, expiresAt: new Date(Date.now() + 60_000).toISOString() } })],
  ["replacing a key without a grace", ({ ctx, id }) => rotateApiKey({ ctx, input: { id, graceMinutes: 0, expiresAt: null } })],
  ["deleting a key", ({ ctx, id }) => removeApiKey({ ctx, input: { id } })],
  ["deleting an account", ({ ctx, email }) => deleteAccount({ ctx, input: { confirmEmail: email } })],
];

async function subject(): Promise<Subject> {
  const ctx = await signedIn(visitor(database.db));
  const { email } = await database.db.user.findUniqueOrThrow({ where: { id: ctx.actor.userId } });
  return { ctx, email, id: (await createApiKey({ ctx, input: { name: "k", expiresAt: null } })).id };
}

/** Milliseconds until `work` answers, while a gateway has heard of nothing for the first 300. */
async function answeredAfter(work: () => Promise<unknown>): Promise<number> {
  const { gateway } = database.db;
  await gateway.create({ data: { id: "slow", incarnation: "1", leaseUntil: new Date(Date.now() + 60_000) } });
  const heard = { ackedKeys: 1_000_000n, ackedCatalog: 1_000_000n, ackedLimits: 1_000_000n };
  const startedMs = performance.now();
  // A query of Prisma is sent once somebody waits for it.
  const hearing = new Promise((resolve) => setTimeout(resolve, heldMs)).then(() => gateway.updateMany({ data: heard }));
  await work();
  const waitedMs = performance.now() - startedMs;
  await hearing;
  return waitedMs;
}

test.each(takingAway)("%s answers once every gateway has heard of it", async (_, verb) => {
  const one = await subject();
  expect(await answeredAfter(() => verb(one))).toBeGreaterThan(heldMs - 10);
});

test("ending a grace answers once every gateway has heard of it", async () => {
  const { ctx, id } = await subject();
  await rotateApiKey({ ctx, input: { id, graceMinutes: 60, expiresAt: null } });
  expect(await answeredAfter(() => endGrace({ ctx, input: { id } }))).toBeGreaterThan(heldMs - 10);
});
