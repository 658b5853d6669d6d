import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "#test/database.ts";
import { openStore, type Store } from "../snapshot/store.ts";
import { readSpend } from "./spend.ts";

let database: TestDatabase;
let store: Store;

beforeAll(async () => {
  database = await createTestDatabase();
  store = openStore(database.url, { poolSize: 2, lookupMs: 2_000 });
});
afterAll(async () => {
  await store.close();
  await database.drop();
});

test("a day's sum and its month's, of those who are asked for; who has spent nothing is left out", async () => {
  const row = (subject: string, day: string, chargedNano: bigint) => ({ subject, day: new Date(`${day}T00:00:00Z`), chargedNano });
  await database.db.spendDay.createMany({
    data: [
      row("key_a", "2026-10-31", 1n),
      row("key_a", "2026-11-01", 20n),
      row("key_a", "2026-11-20", 300n),
      row("key_a", "2026-12-01", 4_000n),
      row("ws_a", "2026-11-02", 50_000n),
      row("key_b", "2026-11-20", 600_000n),
    ],
  });
  const spend = readSpend(store);
  expect(await spend.read(["key_a", "ws_a", "key_none"], new Date("2026-11-20T00:00:00Z"))).toEqual(
    new Map([
      ["key_a", { dayNano: 300n, monthNano: 320n }],
      ["ws_a", { dayNano: 0n, monthNano: 50_000n }],
    ]),
  );
  expect(await spend.read([], new Date())).toEqual(new Map());
});

test("where the database is away it is said, not guessed", async () => {
  await database.db.$executeRaw`ALTER TABLE "spend_days" RENAME TO "spend_days_away"`;
  await expect(readSpend(store).read(["key_a"], new Date())).rejects.toMatchObject({ code: "billing_unavailable" });
  await database.db.$executeRaw`ALTER TABLE "spend_days_away" RENAME TO "spend_days"`;
});
