import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "#test/database.ts";
import { openCreditStore } from "./credit-store.ts";
import { openMoneyPool } from "./pool.ts";
import { expectSound, makeCalls, startMoney, type TestMoney, tryHold, walletOf } from "./testing/money.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

async function twoGateways(): Promise<[TestMoney, TestMoney]> {
  return Promise.all([startMoney(database.url), startMoney(database.url)]);
}

test("1,000 parallel calls, each costing exactly its hold, on credit for 237 of them, over two gateways: 237 are held", async () => {
  const price = 1_000n;
  const k = 237;
  const calls = await makeCalls(database.db, BigInt(k) * price + 999n);
  const gateways = await twoGateways();
  const tries = await Promise.all(Array.from({ length: 1_000 }, (_, index) => tryHold(gateways[index % 2] as TestMoney, calls, price)));
  const held = tries.flatMap((one, index) => (one ? [{ ...one, money: gateways[index % 2] as TestMoney }] : []));
  expect(held).toHaveLength(k);
  for (const { call, money } of held) money.metering.record(calls.entry(call, Number(price)));
  await expect.poll(() => gateways.every(({ metering }) => metering.waiting() === 0)).toBe(true);
  expect(gateways.map(({ credit }) => credit.totals().heldNano)).toEqual([0n, 0n]);
  expect(await Promise.all(gateways.map((money) => money.end()))).toEqual([0, 0]);
  expect(await walletOf(database.db, calls.caller.workspaceId)).toEqual({ balanceNano: 999n, leasedNano: 0n });
  expect(await database.db.usageRecord.count({ where: { workspaceId: calls.caller.workspaceId, chargeNano: price } })).toBe(k);
  await expectSound(database.db);
});

test("credit that lies idle at another gateway is recalled before anybody is refused", async () => {
  const calls = await makeCalls(database.db, 10_000n);
  const [one, two] = await twoGateways();
  const first = await tryHold(one, calls, 100n);
  // Drawn ahead: the first gateway has more than it needs, the second can get all of it.
  expect(one.credit.totals().drawnNano).toBeGreaterThan(1_000n);
  const started = performance.now();
  expect(await tryHold(two, calls, 9_900n)).not.toBeNull();
  expect(performance.now() - started).toBeLessThan(1_000);
  expect(await tryHold(two, calls, 1n)).toBeNull();
  expect(await tryHold(one, calls, 1n)).toBeNull();
  if (first) one.credit.release(first.hold);
  expect(await tryHold(two, calls, 100n)).not.toBeNull();
  await Promise.all([one.end(), two.end()]);
});

test("a notification that never comes is no loss: a recall is found by asking, in time for who waits", async () => {
  const calls = await makeCalls(database.db, 10_000n);
  const money = await startMoney(database.url);
  await tryHold(money, calls, 100n);
  await expect.poll(() => money.credit.totals().drawnNano).toBeGreaterThan(1_000n);
  // From here on it listens, and hears nothing.
  await expect
    .poll(() => database.db.$queryRaw`SELECT FROM pg_stat_activity WHERE datname = current_database() AND query = 'LISTEN hydra_recalls'`)
    .toHaveLength(1);
  await new Promise((resolve) => setTimeout(resolve, 100));
  await database.db.creditRecall.create({
    data: { workspaceId: calls.caller.workspaceId, version: 1n, until: new Date(Date.now() + 2_000) },
  });
  await expect.poll(() => money.credit.totals().drawnNano, { timeout: 900 }).toBe(100n);
  await money.end();
});

test("with the database away the lease serves on: a wallet for 100 calls has at least 20 of them, and the rest is refused as unknown", async () => {
  const calls = await makeCalls(database.db, 10_000n);
  const money = await startMoney(database.url);
  await tryHold(money, calls, 100n);
  await expect.poll(() => money.credit.totals().drawnNano).toBeGreaterThanOrEqual(2_000n);
  await database.db.$executeRaw`ALTER FUNCTION draw_credit RENAME TO draw_credit_away`;
  const started = performance.now();
  let served = 1;
  for (; ; served++) {
    const { requestId } = calls.admitted();
    const held = await Promise.resolve()
      .then(() => money.credit.hold(requestId, calls.caller.workspaceId, 100n))
      .catch((error) => error.code);
    if (held === "billing_unavailable") break;
    expect(held).toMatchObject({ amountNano: 100n });
  }
  expect(served).toBeGreaterThanOrEqual(20);
  expect(performance.now() - started).toBeLessThan(1_000);
  await database.db.$executeRaw`ALTER FUNCTION draw_credit_away RENAME TO draw_credit`;
  await expect
    .poll(
      async () =>
        Promise.resolve()
          .then(() => money.credit.hold(calls.admitted().requestId, calls.caller.workspaceId, 100n))
          .catch(() => null),
      {
        timeout: 10_000,
      },
    )
    .not.toBeNull();
  await money.end();
});

test("a draw and a return that are sent again, because their answer was lost, happen once", async () => {
  const calls = await makeCalls(database.db, 1_000n);
  const { workspaceId } = calls.caller;
  const pool = openMoneyPool(database.url);
  const store = openCreditStore(pool, "gtw_again");
  const draw = { kind: "draw", id: "one", neededNano: 100n, queuedNano: 100n, aheadNano: 0n, recallVersion: null, lastTurn: 1 } as const;
  const drawn = await Promise.all([store.draw(workspaceId, draw), store.draw(workspaceId, draw), store.draw(workspaceId, draw)]);
  expect(drawn.map(({ grantedNano }) => grantedNano)).toEqual([100n, 100n, 100n]);
  expect(await walletOf(database.db, workspaceId)).toMatchObject({ leasedNano: 100n });
  const back = { id: "two", amountNano: 30n, recallVersion: null };
  expect(await Promise.all([store.giveBack(workspaceId, back), store.giveBack(workspaceId, back)])).toEqual([30n, 30n]);
  expect(await walletOf(database.db, workspaceId)).toMatchObject({ leasedNano: 70n });
  // More than there is cannot go back.
  expect(await store.giveBack(workspaceId, { ...back, id: "three", amountNano: 500n })).toBe(70n);
  expect(await walletOf(database.db, workspaceId)).toMatchObject({ leasedNano: 0n });
  // While anybody looks for credit, nothing is drawn ahead of calls.
  const ahead = { ...draw, aheadNano: 6_400n };
  expect(await store.draw(workspaceId, { ...ahead, id: "four" })).toMatchObject({ grantedNano: 250n });
  await store.recall(workspaceId);
  expect(await store.draw(workspaceId, { ...ahead, id: "five" })).toMatchObject({ grantedNano: 100n });
  await pool.end();
});

test("a credit line is spent like a balance, and no further", async () => {
  const calls = await makeCalls(database.db, 50n);
  await database.db.ledgerAccount.updateMany({ where: { workspaceId: calls.caller.workspaceId }, data: { creditLineNano: 100n } });
  const money = await startMoney(database.url);
  const tries = await Promise.all(Array.from({ length: 20 }, () => tryHold(money, calls, 10n)));
  const held = tries.flatMap((one) => one ?? []);
  expect(held).toHaveLength(15);
  for (const { call } of held) money.metering.record(calls.entry(call, 10));
  expect(await money.end()).toBe(0);
  expect(await walletOf(database.db, calls.caller.workspaceId)).toEqual({ balanceNano: -100n, leasedNano: 0n });
  await expectSound(database.db);
});
