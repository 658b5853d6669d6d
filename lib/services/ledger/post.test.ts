import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "#test/database.ts";
import { signedIn, visitor } from "../test-context.ts";
import { inTransaction } from "../transaction.ts";
import { type Posting, post } from "./post.ts";

let database: TestDatabase;
let wallet: { wallet: string };
beforeAll(async () => {
  database = await createTestDatabase();
  const { actor } = await signedIn(visitor(database.db, { signupCredit: 1 }));
  wallet = { wallet: actor.workspaceId };
});
afterAll(() => database.drop());

function move(idempotencyKey: string, entries: Posting["entries"]) {
  return inTransaction(database, (tx) => post(tx, { kind: "usage", idempotencyKey, at: new Date(), entries }));
}

async function balanceOf(workspaceId: string) {
  return (await database.db.ledgerAccount.findFirstOrThrow({ where: { workspaceId } })).balanceNano;
}

test("amounts that do not sum to zero, are zero, or stand alone are refused", async () => {
  const bad: Posting["entries"][] = [
    [],
    [{ party: "revenue", amountNano: 0n }],
    [
      { party: wallet, amountNano: -5n },
      { party: "revenue", amountNano: 4n },
    ],
    [
      { party: wallet, amountNano: 0n },
      { party: "revenue", amountNano: 0n },
    ],
    [
      { party: "revenue", amountNano: -5n },
      { party: "revenue", amountNano: 5n },
    ],
  ];
  for (const entries of bad) await expect(move("bad", entries)).rejects.toBeInstanceOf(RangeError);
  expect(await database.db.ledgerTransaction.count({ where: { idempotencyKey: "bad" } })).toBe(0);
});

test("no number of charges at once overdraws a wallet", async () => {
  const tries = await Promise.allSettled(
    Array.from({ length: 12 }, (_, index) =>
      move(`charge-${index}`, [
        { party: wallet, amountNano: -300_000_000n },
        { party: "revenue", amountNano: 300_000_000n },
      ]),
    ),
  );
  expect(tries.filter((one) => one.status === "fulfilled")).toHaveLength(3);
  expect(await balanceOf(wallet.wallet)).toBe(100_000_000n);
});

test("the database refuses a lopsided transaction at commit, and any change of what is written", async () => {
  const { db } = database;
  const revenue = await db.ledgerAccount.findFirstOrThrow({ where: { kind: "revenue" } });
  const lopsided = db.$transaction(async (tx) => {
    const made = await tx.ledgerTransaction.create({ data: { kind: "usage", idempotencyKey: "lopsided" } });
    await tx.ledgerEntry.create({ data: { transactionId: made.id, accountId: revenue.id, amountNano: 1n } });
  });
  await expect(lopsided).rejects.toThrow(/sum to zero/);
  expect(await db.ledgerTransaction.count({ where: { idempotencyKey: "lopsided" } })).toBe(0);

  await expect(db.ledgerEntry.updateMany({ data: { amountNano: 0n } })).rejects.toThrow(/append-only/);
  await expect(db.ledgerEntry.deleteMany()).rejects.toThrow(/append-only/);
  await expect(db.ledgerTransaction.updateMany({ data: { memo: "x" } })).rejects.toThrow(/append-only/);
  await expect(db.auditEvent.deleteMany()).rejects.toThrow(/append-only/);
  await expect(db.auditEvent.updateMany({ data: { actor: "x" } })).rejects.toThrow(/append-only/);
});
