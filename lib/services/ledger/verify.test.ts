import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "#test/database.ts";
import { signedIn, visitor } from "../test-context.ts";
import { inTransaction } from "../transaction.ts";
import { post } from "./post.ts";
import { verifyLedger, verifySnapshot } from "./verify.ts";

let database: TestDatabase;
let workspaces: string[];
beforeAll(async () => {
  database = await createTestDatabase();
  const ctx = visitor(database.db);
  const users = await Promise.all([signedIn(ctx), signedIn(ctx), signedIn(ctx)]);
  workspaces = users.map(({ actor }) => actor.workspaceId);
  for (let index = 0; index < 6; index++) await give(`k${index}`, workspaces[index % 3] as string, BigInt(index + 1), `line\n${index} “…”`);
});
afterAll(() => database.drop());

function give(key: string, wallet: string, amountNano: bigint, memo = "", from: "grants" | "loss" | "revenue" = "grants") {
  const entries = [
    { party: from, amountNano: -amountNano },
    { party: { wallet }, amountNano },
  ];
  return inTransaction(database, (tx) => post(tx, { kind: "operator_credit", idempotencyKey: key, at: new Date(), memo, entries }));
}

/** What verifying says after statements by somebody with the database's own rights; nothing of it stays. */
async function after(...statements: string[]): Promise<string | null> {
  const undo = new Error("undo");
  let broken: string | null = null;
  const done = database.db.$transaction(async (tx) => {
    await tx.$executeRawUnsafe("SET LOCAL session_replication_role = replica");
    for (const statement of statements) await tx.$executeRawUnsafe(statement);
    ({ broken } = await verifySnapshot(tx));
    throw undo;
  });
  await done.catch((error) => {
    if (error !== undo) throw error;
  });
  return broken;
}

test("every transaction is chained, whoever writes it, also many at once, and the whole verifies", async () => {
  // Three lots that share no account: only the chain puts them into one order.
  const from = ["grants", "loss", "revenue"] as const;
  await Promise.all(
    Array.from({ length: 30 }, (_, index) => give(`parallel-${index}`, workspaces[index % 3] as string, 1n, "", from[index % 3])),
  );
  const count = await database.db.ledgerTransaction.count();
  const verdict = await verifyLedger(database);
  expect(verdict).toMatchObject({ verified: BigInt(count), broken: null });
  expect(verdict.head.sequence).toBe(BigInt(count));
  expect(await verifyLedger({ ...database, expected: verdict.head })).toMatchObject({ broken: null });
});

test("whatever sums to zero can be posted, and the chain stays whole", async () => {
  const amounts = fc.array(fc.bigInt({ min: 1n, max: 10n ** 15n }), { minLength: 1, maxLength: 3 });
  let run = 0;
  await fc.assert(
    fc.asyncProperty(amounts, fc.string({ unit: "grapheme" }), async (given, memo) => {
      const text = memo.replaceAll("\0", "");
      const total = given.reduce((sum, amount) => sum + amount, 0n);
      const entries = given.map((amountNano, index) => ({ party: { wallet: workspaces[index] as string }, amountNano }));
      await inTransaction(database, (tx) =>
        post(tx, {
          ...{ kind: "operator_credit", idempotencyKey: `any-${run++}`, at: new Date(), memo: text },
          entries: [...entries, { party: "grants", amountNano: -total }],
        }),
      );
      expect(await verifyLedger(database)).toMatchObject({ broken: null });
    }),
    { numRuns: 25, seed: 7 },
  );
});

test.each([
  [
    "an amount",
    `UPDATE "ledger_entries" SET "amountNano" = "amountNano" * 2 WHERE "transactionId" = (SELECT "transactionId" FROM "ledger_links" WHERE "sequence" = 5)`,
    "link 5: transaction",
  ],
  [
    "an account",
    `UPDATE "ledger_entries" SET "accountId" = (SELECT "id" FROM "ledger_accounts" WHERE "kind" = 'loss') WHERE "transactionId" = (SELECT "transactionId" FROM "ledger_links" WHERE "sequence" = 4)`,
    "link 4: transaction",
  ],
  [
    "a memo",
    `UPDATE "ledger_transactions" SET "memo" = 'x' WHERE "id" = (SELECT "transactionId" FROM "ledger_links" WHERE "sequence" = 6)`,
    "link 6: transaction",
  ],
  [
    "a moment",
    `UPDATE "ledger_transactions" SET "createdAt" = "createdAt" + interval '1 ms' WHERE "id" = (SELECT "transactionId" FROM "ledger_links" WHERE "sequence" = 6)`,
    "link 6: transaction",
  ],
  [
    "a deleted entry",
    `DELETE FROM "ledger_entries" WHERE "transactionId" = (SELECT "transactionId" FROM "ledger_links" WHERE "sequence" = 3)`,
    "link 3: transaction",
  ],
  [
    "a deleted transaction",
    `DELETE FROM "ledger_transactions" WHERE "id" = (SELECT "transactionId" FROM "ledger_links" WHERE "sequence" = 3)`,
    "is missing",
  ],
  ["a deleted link", `DELETE FROM "ledger_links" WHERE "sequence" = 2`, "link 2 is missing"],
  [
    "an added entry",
    `INSERT INTO "ledger_entries" ("transactionId", "accountId", "amountNano") SELECT "transactionId", (SELECT min("id") FROM "ledger_accounts"), 1 FROM "ledger_links" WHERE "sequence" = 1`,
    "link 1: transaction",
  ],
  [
    "an added transaction",
    `INSERT INTO "ledger_transactions" ("kind", "idempotencyKey") VALUES ('operator_credit', 'forged')`,
    "is not on the chain",
  ],
  [
    "a tail cut off",
    `DELETE FROM "ledger_links" WHERE "sequence" = (SELECT max("sequence") FROM "ledger_links")`,
    "the chain ends at link",
  ],
])("%s is found", async (_, statement, says) => {
  expect(await after(statement)).toContain(says);
  expect(await after()).toBeNull();
});

test("a tail that was cut off together with its head shows against a head that was kept elsewhere", async () => {
  const { head } = await verifyLedger(database);
  const undo = new Error("undo");
  await database.db
    .$transaction(async (tx) => {
      await tx.$executeRaw`SET LOCAL session_replication_role = replica`;
      await tx.$executeRaw`DELETE FROM "ledger_entries" WHERE "transactionId" IN (SELECT "transactionId" FROM "ledger_links" WHERE "sequence" = ${head.sequence})`;
      await tx.$executeRaw`DELETE FROM "ledger_transactions" WHERE "id" IN (SELECT "transactionId" FROM "ledger_links" WHERE "sequence" = ${head.sequence})`;
      await tx.$executeRaw`DELETE FROM "ledger_links" WHERE "sequence" = ${head.sequence}`;
      await tx.$executeRaw`UPDATE "ledger_head" SET ("sequence", "hash") = (SELECT "sequence", "hash" FROM "ledger_links" ORDER BY "sequence" DESC LIMIT 1)`;
      expect((await verifySnapshot(tx)).broken).toBeNull();
      expect((await verifySnapshot(tx, head)).broken).toContain("is not on the chain");
      throw undo;
    })
    .catch((error) => {
      if (error !== undo) throw error;
    });
});

test.each([
  [`TRUNCATE "ledger_entries"`, /append-only/],
  [`TRUNCATE "ledger_transactions" CASCADE`, /append-only/],
  [`TRUNCATE "ledger_links"`, /append-only/],
  [`TRUNCATE "usage_records"`, /append-only/],
  [`TRUNCATE "audit_events"`, /append-only/],
  [`UPDATE "ledger_links" SET "sequence" = 99 WHERE "sequence" = 1`, /append-only/],
  [`DELETE FROM "ledger_links"`, /append-only/],
  [`UPDATE "ledger_head" SET "sequence" = 0`, /by ledger entries alone/],
  [`DELETE FROM "ledger_head"`, /by ledger entries alone/],
  [`UPDATE "ledger_accounts" SET "balanceNano" = "balanceNano" + 1 WHERE "kind" = 'wallet'`, /by ledger entries alone/],
  [`INSERT INTO "ledger_accounts" ("id", "kind", "balanceNano") VALUES ('acc_x', 'loss', 5)`, /by ledger entries alone/],
  [`UPDATE "ledger_accounts" SET "leasedNano" = "balanceNano" + 1 WHERE "kind" = 'wallet'`, /no_overdraft/],
  [`UPDATE "ledger_accounts" SET "creditLineNano" = 5 WHERE "kind" = 'revenue'`, /ledger_accounts_leases/],
  [
    `INSERT INTO "ledger_entries" ("transactionId", "accountId", "amountNano") SELECT t."id", a."id", CASE a."kind" WHEN 'grants' THEN 1 ELSE -1 END FROM "ledger_accounts" a, (SELECT min("id") AS "id" FROM "ledger_transactions") t WHERE a."kind" IN ('grants', 'revenue')`,
    /takes no more entries/,
  ],
  [`INSERT INTO "ledger_transactions" ("kind", "idempotencyKey") VALUES ('operator_credit', 'empty')`, /fewer than two entries/],
  [`UPDATE "token_prices" SET "inputNano" = 0`, /in force or has been used/],
])("the database refuses %s", async (statement, says) => {
  await expect(database.db.$executeRawUnsafe(statement)).rejects.toThrow(says);
});
