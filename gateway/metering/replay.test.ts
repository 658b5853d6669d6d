import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { newId } from "#lib/ids.ts";
import { createTestDatabase } from "#test/database.ts";
import { openCreditStore } from "./credit-store.ts";
import { type AdmittedLine, admittedLine, type JournalLine, rowOfKilled } from "./journal-line.ts";
import { openMoneyPool } from "./pool.ts";
import { usagesOf } from "./replay.ts";
import { expectSound, makeCalls, startMoney, walletOf } from "./testing/money.ts";
import type { VictimOrder } from "./testing/victim.ts";
import { amountsOf, usageRow } from "./usage-row.ts";
import { type UsageText, usageText } from "./usage-text.ts";

const openCalls = 200;
const heldNano = 1_000n;
/** Calls of the victim that fall silent do so after this many tokens. */
const silentAfter = 20;

test("16: kill -9 under 200 calls: each is charged what it had emitted, short by a second at most, and nothing twice", async () => {
  const database = await createTestDatabase();
  const dir = await mkdtemp(join(tmpdir(), "hydra-killed-"));
  const calls = await makeCalls(database.db, 10n ** 9n);
  const { principal, service, modelId, price } = calls.admitted();
  const emittedFile = join(dir, "emitted");
  const gatewayId = newId("gtw");
  const journal = join(dir, "journal");
  const order: VictimOrder = {
    ...{ url: database.url, gatewayId, dir: journal, emittedFile, calls: openCalls, silent: 50, silentAfter, heldNano: String(heldNano) },
    ...{ facts: { principal, service, modelId }, priceId: price?.id ?? "" },
  };
  const victim = spawn(process.execPath, [join(import.meta.dirname, "testing/victim.ts"), JSON.stringify(order)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(victim.stdout, "data");
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  const aSecondBefore = emittedIn(await readFile(emittedFile, "utf8"));
  await new Promise((resolve) => setTimeout(resolve, 1_200));
  victim.kill("SIGKILL");
  await once(victim, "exit");
  const emitted = emittedIn(await readFile(emittedFile, "utf8"));
  expect(emitted.size).toBe(openCalls);
  // A write that the kill cut in two.
  const [last] = (await readdir(journal)).filter((name) => name.startsWith("journal-")).slice(-1);
  await appendFile(join(journal, String(last)), '{"kind":"progress","requestId":"req_');
  expect((await walletOf(database.db, principal.workspaceId)).leasedNano).toBeGreaterThan(0n);

  for (let start = 0; start < 3; start++) {
    const money = await startMoney(database.url, { gatewayId, dir: journal });
    const rows = await database.db.usageRecord.findMany();
    expect(new Set(rows.map(({ requestId }) => requestId)).size).toBe(openCalls);
    for (const row of rows) {
      expect(row.outputTokens).toBeLessThanOrEqual(emitted.get(row.requestId) ?? 0);
      expect(row.outputTokens).toBeGreaterThanOrEqual(aSecondBefore.get(row.requestId) ?? 0);
      expect(row.chargeNano).toBe(BigInt(row.outputTokens));
    }
    expect(rows.filter(({ outputTokens }) => outputTokens === silentAfter)).toHaveLength(50);
    expect(rows.filter(({ outcome }) => outcome === "completed").length).toBeGreaterThan(0);
    const charged = rows.reduce((sum, row) => sum + row.chargeNano, 0n);
    expect(await walletOf(database.db, principal.workspaceId)).toEqual({ balanceNano: 10n ** 9n - charged, leasedNano: 0n });
    expect(money.credit.totals()).toEqual({ drawnNano: 0n, heldNano: 0n, spentNano: 0n });
    await money.close();
  }
  await expectSound(database.db);
  await database.drop();
  await rm(dir, { recursive: true });
});

function emittedIn(text: string): Map<string, number> {
  const lines = text.slice(0, text.lastIndexOf("\n")).split("\n");
  return new Map(lines.map((line) => [line.split(" ")[0] ?? "", Number(line.split(" ")[1])]));
}

test("what a gateway left that is not started again is settled by another one", async () => {
  const database = await createTestDatabase();
  const calls = await makeCalls(database.db, 10_000n);
  const dir = await mkdtemp(join(tmpdir(), "hydra-left-"));
  const killed = openMoneyPool(database.url);
  const draw = { kind: "draw", id: "1", neededNano: 100n, queuedNano: 100n, aheadNano: 0n, recallVersion: null, lastTurn: 1 } as const;
  await openCreditStore(killed, "gtw_killed").draw(calls.caller.workspaceId, draw);
  await killed.end();
  const call = calls.admitted();
  const entry = calls.entry(call, 60);
  await writeFile(join(dir, "journal-1.log"), `${JSON.stringify({ kind: "ended", row: usageRow(entry, amountsOf(entry, 100n)) })}\n`);
  let left = 0;
  const take = () => [{ id: "gtw_killed", dir, leave: () => left++ }];
  const money = await startMoney(database.url, { leftBehind: { take, afterMs: 10 } });
  await expect.poll(() => left).toBe(1);
  expect(await walletOf(database.db, calls.caller.workspaceId)).toEqual({ balanceNano: 9_940n, leasedNano: 0n });
  expect(await readdir(dir)).toEqual([]);
  await money.end();
  await expectSound(database.db);
  await database.drop();
  await rm(dir, { recursive: true });
});

test("each call is one row: its end where that was written, whatever was noted before or after", async () => {
  const database = await createTestDatabase();
  const calls = await makeCalls(database.db, 1_000n);
  const [ended, open] = [calls.admitted(), calls.admitted()];
  const [one, two] = [ended, open].map((call) => admittedLine(call, null)) as [AdmittedLine, AdmittedLine];
  const noted = (requestId: string, output: number): JournalLine => ({
    ...{ kind: "progress", requestId, tokens: { input: 0, cached: 0, output }, atMs: Date.now() },
  });
  const entry = calls.entry(ended, 9);
  const row = usageRow(entry, amountsOf(entry, 0n));
  const end: JournalLine = { kind: "usage", ...usageText(row) };
  const lines = [
    one,
    noted(ended.requestId, 4),
    two,
    end,
    noted(open.requestId, 2),
    noted(open.requestId, 3),
    end,
    noted(ended.requestId, 5),
  ];
  const found = [
    [ended.requestId, "9", "engine"],
    [open.requestId, "3", "counted"],
  ];
  const told = (usages: UsageText[]) =>
    usages.map(({ requestId, party, line }) => [requestId, line.split(",")[2], /engine|counted/.exec(party)?.[0]]);
  expect(told(usagesOf(lines))).toEqual(found);
  // As the version before wrote it.
  expect(told(usagesOf(lines.map((line) => (line === end ? { kind: "ended", row } : line))))).toEqual(found);
  await database.drop();
});

test("a call that had emitted nothing is not charged, however large its prompt; what was held bounds the rest", async () => {
  const database = await createTestDatabase();
  const calls = await makeCalls(database.db, 1_000n);
  const call = calls.admitted();
  const line = admittedLine(call, { requestId: call.requestId, workspaceId: calls.caller.workspaceId, amountNano: 50n });
  const progress = (input: number, output: number) => ({
    ...{ kind: "progress" as const, requestId: call.requestId, tokens: { input, cached: 0, output }, atMs: call.startedAt.getTime() + 700 },
  });
  expect(rowOfKilled(line, null)).toMatchObject({ source: "none", inputTokens: 0, costNano: "0", chargeNano: "0", durationMs: 0 });
  expect(rowOfKilled(line, progress(9_000, 0))).toMatchObject({ source: "none", inputTokens: 0, costNano: "0", chargeNano: "0" });
  expect(rowOfKilled(line, progress(30, 5))).toMatchObject({ source: "counted", costNano: "35", chargeNano: "35", durationMs: 700 });
  expect(rowOfKilled(line, progress(30, 90))).toMatchObject({ costNano: "120", chargeNano: "50" });
  await database.drop();
});
