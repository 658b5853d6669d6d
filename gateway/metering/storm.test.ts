import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { ledgerKey } from "#lib/services/ledger/keys.ts";
import { post } from "#lib/services/ledger/post.ts";
import { inTransaction } from "#lib/services/transaction.ts";
import { createTestDatabase } from "#test/database.ts";
import { expectSound, makeCalls, startMoney, type TestCalls, type TestMoney, tryHold, walletOf } from "./testing/money.ts";

const startNano = 20_000n;

test("three gateways, four wallets, credits in between: calls of any size and end; all adds up, nobody waits for ever", async () => {
  const database = await createTestDatabase();
  const { db } = database;
  const warnings: unknown[] = [];
  const logger = { debug() {}, info() {}, warn: (facts: unknown) => warnings.push(facts), error: (facts: unknown) => warnings.push(facts) };
  const gateways = await Promise.all([0, 1, 2].map(() => startMoney(database.url, { logger: logger as never })));
  const owners: TestCalls[] = [];
  for (let owner = 0; owner < 4; owner++) owners.push(await makeCalls(db, startNano));
  const charged = owners.map(() => 0n);
  const credited = owners.map(() => 0n);
  let refused = 0;

  async function call(number: number): Promise<void> {
    const owner = number % owners.length;
    const calls = owners[owner] as TestCalls;
    const money = gateways[Math.floor(Math.random() * gateways.length)] as TestMoney;
    const amountNano = BigInt(1 + Math.floor(Math.random() * (number % 10 === 0 ? 5_000 : 200)));
    const held = await tryHold(money, calls, amountNano);
    if (!held) {
      refused += 1;
      return;
    }
    await sleep(Math.random() * 60);
    // As often over the hold as under it.
    const output = Math.floor(Math.random() * 2 * Number(amountNano));
    charged[owner] = (charged[owner] as bigint) + (BigInt(output) < amountNano ? BigInt(output) : amountNano);
    money.metering.record(calls.entry(held.call, output));
  }

  async function credit(number: number): Promise<void> {
    const owner = number % owners.length;
    credited[owner] = (credited[owner] as bigint) + 100n;
    const wallet = { wallet: (owners[owner] as TestCalls).caller.workspaceId };
    const entries = [
      { party: "grants" as const, amountNano: -100n },
      { party: wallet, amountNano: 100n },
    ];
    await inTransaction(database, (tx) =>
      post(tx, { kind: "operator_credit", idempotencyKey: ledgerKey.operatorCredit(`storm-${number}`), at: new Date(), entries }),
    );
  }

  const running: Promise<void>[] = [];
  for (let number = 0; number < 1_500; number++) {
    running.push(call(number));
    if (number % 25 === 0) running.push(credit(number));
    if (number % 20 === 0) await sleep(15);
  }
  await Promise.all(running);
  expect(refused).toBeGreaterThan(0);
  await expect.poll(() => gateways.map(({ metering }) => metering.waiting())).toEqual([0, 0, 0]);
  expect(gateways.map(({ credit }) => credit.totals().heldNano)).toEqual([0n, 0n, 0n]);
  await expectSound(db);
  expect(await Promise.all(gateways.map((money) => money.end()))).toEqual([0, 0, 0]);
  for (const [owner, { caller }] of owners.entries()) {
    const balanceNano = startNano + (credited[owner] as bigint) - (charged[owner] as bigint);
    expect(await walletOf(db, caller.workspaceId)).toEqual({ balanceNano, leasedNano: 0n });
  }
  expect(warnings).toEqual([]);
  await expectSound(db);
  await database.drop();
});
