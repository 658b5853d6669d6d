import { write } from "node:fs";
import { readdir, rmdir } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newId } from "#lib/ids.ts";
import { createTestDatabase, type TestDatabase } from "#test/database.ts";
import type { UsageEntry } from "../ports.ts";
import { openMoneyPool } from "./pool.ts";
import { settle } from "./settle.ts";
import { startCut } from "./testing/cut.ts";
import { expectSound, makeCalls, startMoney, type TestCalls, tryHold, walletOf } from "./testing/money.ts";
import { amountsOf, usageRow } from "./usage-row.ts";
import { usageText } from "./usage-text.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const rowsOf = (calls: TestCalls) =>
  database.db.usageRecord.findMany({ where: { workspaceId: calls.caller.workspaceId }, orderBy: { requestId: "asc" } });

async function admit(money: Awaited<ReturnType<typeof startMoney>>, calls: TestCalls, amountNano: bigint) {
  const held = await tryHold(money, calls, amountNano);
  if (!held) throw new Error("refused");
  return held.call;
}

test("a call's end is one row with everything in it; cost beyond the hold is the platform's loss", async () => {
  const calls = await makeCalls(database.db, 1_000n);
  const money = await startMoney(database.url);
  const call = await admit(money, calls, 100n);
  money.metering.record(calls.entry(call, 60, { tokens: { input: 30, cached: 10, output: 60, reasoning: 25 } }));
  const dear = await admit(money, calls, 100n);
  money.metering.record(calls.entry(dear, 170));
  await money.end();
  const rows = await rowsOf(calls);
  expect(rows.find(({ requestId }) => requestId === call.requestId)).toMatchObject({
    ...{ inputTokens: 30, cachedTokens: 10, outputTokens: 60, reasoningTokens: 25, costNano: 90n, chargeNano: 90n, outcome: "completed" },
    ...{ keyId: calls.caller.keyId, accessName: "public/by-nano", startedAt: call.startedAt },
  });
  expect(rows.find(({ requestId }) => requestId === dear.requestId)).toMatchObject({ costNano: 170n, chargeNano: 100n });
  expect(await walletOf(database.db, calls.caller.workspaceId)).toEqual({ balanceNano: 810n, leasedNano: 0n });
  expect(await database.db.ledgerAccount.findFirst({ where: { kind: "loss" } })).toMatchObject({ balanceNano: -70n });
  await expectSound(database.db);
});

test("what did not commit, and what runs on one's own instances, costs nothing and posts nothing", async () => {
  const calls = await makeCalls(database.db, 1_000n);
  const money = await startMoney(database.url);
  const before = await database.db.ledgerTransaction.count();
  const failed = await admit(money, calls, 100n);
  money.metering.record(calls.entry(failed, 5, { source: "none", outcome: "upstream_error", status: 502, errorCode: "upstream_error" }));
  const own = { ...calls.admitted(), price: null };
  money.metering.admitted(own, null);
  money.metering.record(calls.entry(own, 50));
  await money.end();
  expect((await rowsOf(calls)).map(({ costNano, chargeNano, ledgerTransactionId }) => [costNano, chargeNano, ledgerTransactionId])).toEqual(
    [
      [0n, 0n, null],
      [0n, 0n, null],
    ],
  );
  expect(await database.db.ledgerTransaction.count()).toBe(before);
  expect(await walletOf(database.db, calls.caller.workspaceId)).toEqual({ balanceNano: 1_000n, leasedNano: 0n });
});

test("a usage event three times, out of order, also later and from another gateway, is one row and one charge", async () => {
  const calls = await makeCalls(database.db, 10_000n);
  const [money, other] = await Promise.all([startMoney(database.url), startMoney(database.url)]);
  const [one, two] = [await admit(money, calls, 100n), await admit(money, calls, 100n)];
  for (const call of [two, one, two, one, one, two]) money.metering.record(calls.entry(call, 40));
  expect(money.metering.waiting()).toBe(2);
  await expect.poll(() => money.metering.waiting()).toBe(0);
  for (const call of [one, two]) {
    money.metering.record(calls.entry(call, 40));
    other.metering.record(calls.entry(call, 40));
  }
  await Promise.all([money.end(), other.end()]);
  expect((await rowsOf(calls)).map(({ chargeNano }) => chargeNano)).toEqual([40n, 40n]);
  expect(await walletOf(database.db, calls.caller.workspaceId)).toEqual({ balanceNano: 9_920n, leasedNano: 0n });
  await expectSound(database.db);
});

test("the same batch sent at once by two, as after a commit in doubt, charges once", async () => {
  const calls = await makeCalls(database.db, 10_000n);
  const money = await startMoney(database.url);
  const held = await Promise.all(Array.from({ length: 50 }, () => admit(money, calls, 20n)));
  const rows = held.map((call) => {
    const entry = calls.entry(call, 20);
    return usageText(usageRow(entry, amountsOf(entry, 20n)));
  });
  const pool = openMoneyPool(database.url);
  const fresh = await Promise.all([
    settle(pool, money.gatewayId, rows),
    settle(pool, money.gatewayId, [...rows].reverse()),
    settle(pool, money.gatewayId, rows.slice(10)),
  ]);
  expect(fresh.reduce((sum, count) => sum + count, 0)).toBe(50);
  await pool.end();
  for (const call of held) money.metering.record(calls.entry(call, 20));
  await money.end();
  expect(await walletOf(database.db, calls.caller.workspaceId)).toEqual({ balanceNano: 9_000n, leasedNano: 0n });
  await expectSound(database.db);
});

test("a lease that was repaired by hand: calls are charged what the wallet has left, and nothing is overdrawn", async () => {
  const calls = await makeCalls(database.db, 250n);
  const money = await startMoney(database.url);
  const held = [await admit(money, calls, 100n), await admit(money, calls, 100n)];
  // Written off while they ran, and given to another: the wallet has 30 left for these two.
  await database.db.$transaction([
    database.db.$executeRaw`UPDATE "ledger_accounts" SET "leasedNano" = 220 WHERE "workspaceId" = ${calls.caller.workspaceId}`,
    database.db.$executeRaw`UPDATE "credit_leases" SET "amountNano" = 0 WHERE "gatewayId" = ${money.gatewayId}`,
    database.db
      .$executeRaw`INSERT INTO "credit_leases" ("gatewayId", "workspaceId", "amountNano") VALUES ('gtw_other', ${calls.caller.workspaceId}, 220)`,
  ]);
  for (const call of held) money.metering.record(calls.entry(call, 100));
  expect(await money.end()).toBe(0);
  const rows = await rowsOf(calls);
  expect(rows.map(({ costNano }) => costNano)).toEqual([100n, 100n]);
  expect(rows.map(({ chargeNano }) => chargeNano).sort((a, b) => Number(b - a))).toEqual([30n, 0n]);
  await expectSound(database.db);
});

test("a row that can never be written is put aside and harms no other; the disk keeps nothing once all is settled", async () => {
  const calls = await makeCalls(database.db, 1_000n);
  const money = await startMoney(database.url);
  const held = [await admit(money, calls, 50n), await admit(money, calls, 50n), await admit(money, calls, 50n)];
  const entries = held.map((call) => calls.entry(call, 50)) as [UsageEntry, UsageEntry, UsageEntry];
  money.metering.record(entries[0]);
  money.metering.record({ ...entries[1], service: { id: "svc_none", accessName: "public/none" } });
  money.metering.record(entries[2]);
  await expect.poll(() => money.metering.waiting()).toBe(0);
  expect(money.credit.totals()).toMatchObject({ heldNano: 0n, spentNano: 0n });
  expect(await money.close()).toBe(0);
  expect(await readdir(money.dir)).toEqual([]);
  await rmdir(money.dir);
  expect(await rowsOf(calls)).toHaveLength(2);
  expect(await walletOf(database.db, calls.caller.workspaceId)).toEqual({ balanceNano: 900n, leasedNano: 0n });
});

test("13: with the database away calls are served and journalled; a start after a kill settles each exactly once", async () => {
  const calls = await makeCalls(database.db, 100_000n);
  const line = await startCut(database.url);
  const money = await startMoney(line.url, { limits: { maxWaitingRecords: 50, flushMs: 300, lookupMs: 1_000 } });
  const settled = await admit(money, calls, 100n);
  money.metering.record(calls.entry(settled, 70));
  await expect.poll(() => money.metering.waiting()).toBe(0);
  const running = await admit(money, calls, 100n);
  line.cut();
  const served = await Promise.all(Array.from({ length: 12 }, () => admit(money, calls, 100n)));
  for (const call of served) money.metering.record(calls.entry(call, 90));
  expect(money.metering.hasRoom()).toBe(true);
  money.metering.progress(running.requestId, { input: 3, cached: 0, output: 8 });
  await new Promise((resolve) => setTimeout(resolve, 250));
  // It goes without the database: what it could not write stays in its folder.
  expect(await money.close()).toBe(12);
  expect((await readdir(money.dir)).length).toBe(1);
  expect(await rowsOf(calls)).toHaveLength(1);
  line.mend();
  const again = await startMoney(line.url, { gatewayId: money.gatewayId, dir: money.dir });
  const rows = await rowsOf(calls);
  expect(rows.map(({ chargeNano }) => Number(chargeNano)).sort((a, b) => a - b)).toEqual([11, 70, ...served.map(() => 90)]);
  expect(rows.find(({ requestId }) => requestId === running.requestId)).toMatchObject({
    ...{ outcome: "upstream_error", errorCode: "shutting_down", source: "counted", inputTokens: 3, outputTokens: 8 },
  });
  expect(await walletOf(database.db, calls.caller.workspaceId)).toEqual({ balanceNano: 100_000n - 11n - 70n - 1_080n, leasedNano: 0n });
  expect(await readdir(money.dir)).toEqual([]);
  await again.end();
  line.close();
  await expectSound(database.db);
});

test("13: a database that comes back is written to; too many waiting calls admit no more", async () => {
  const calls = await makeCalls(database.db, 100_000n);
  const line = await startCut(database.url);
  const money = await startMoney(line.url, { limits: { maxWaitingRecords: 8, flushMs: 5_000, lookupMs: 1_000 } });
  const held = await Promise.all(Array.from({ length: 8 }, () => admit(money, calls, 100n)));
  line.cut();
  for (const [index, call] of held.entries()) {
    expect(money.metering.hasRoom()).toBe(true);
    money.metering.record(calls.entry(call, index));
  }
  expect(money.metering.hasRoom()).toBe(false);
  // Whoever asks before it is known that the database is away waits a moment; after it nobody does.
  expect(await money.metering.untilRoom()).toBe(false);
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect(money.metering.waiting()).toBe(8);
  const asked = performance.now();
  expect(await money.metering.untilRoom()).toBe(false);
  expect(performance.now() - asked).toBeLessThan(100);
  line.mend();
  await expect.poll(() => money.metering.waiting(), { timeout: 10_000 }).toBe(0);
  expect(money.metering.hasRoom()).toBe(true);
  await money.end();
  line.close();
  expect(await walletOf(database.db, calls.caller.workspaceId)).toEqual({ balanceNano: 100_000n - 28n, leasedNano: 0n });
});

test("21: a full disk admits nothing more, loses nothing, tears no line, and recovers by itself", async () => {
  const calls = await makeCalls(database.db, 100_000n);
  let room = 0;
  const money = await startMoney(database.url, {
    // Takes what still fits, as a file system does, then fails.
    write: (fd, bytes, offset, done) => {
      const fits = Math.min(bytes.length - offset, room);
      if (fits === 0) return done(Object.assign(new Error("no space left on device"), { code: "ENOSPC" }), 0);
      room -= fits;
      write(fd, bytes, offset, fits, null, (error, written) => done(error, written));
    },
  });
  room = 100;
  const held = [await admit(money, calls, 100n), await admit(money, calls, 100n), await admit(money, calls, 100n)];
  await expect.poll(() => money.metering.storageFull()).toBe(true);
  money.metering.record(calls.entry(held[0] as UsageEntry, 10));
  await expect.poll(async () => (await rowsOf(calls)).length).toBe(1);
  expect(money.metering.storageFull()).toBe(true);
  room = 1_000_000;
  await expect.poll(() => money.metering.storageFull()).toBe(false);
  // Killed now, what the disk holds is whole: the other two are there to be settled.
  const left = await startMoney(database.url, { gatewayId: newId("gtw"), dir: money.dir });
  expect((await rowsOf(calls)).map(({ source }) => source).sort()).toEqual(["engine", "none", "none"]);
  await left.close();
  await money.end();
  await expectSound(database.db);
});
