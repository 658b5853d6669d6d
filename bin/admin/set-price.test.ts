import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "#test/database.ts";
import { runHydra, type TemporaryDataDir, temporaryDataDir } from "../testing/hydra.ts";

let database: TestDatabase;
let dir: TemporaryDataDir;
beforeAll(async () => {
  [database, dir] = await Promise.all([createTestDatabase(), temporaryDataDir()]);
});
afterAll(async () => {
  await database.drop();
  await dir.remove();
});

const setPrice = (...args: string[]) => runHydra(["admin", "set-price", ...args], { HYDRA_DATA_DIR: dir.path, DATABASE_URL: database.url });

test("a price for 1M tokens becomes whole nano-units a token, and begins now or later", async () => {
  const set = await setPrice("--model", "deepseek-r1", "--input", "4.5", "--cached-input", "0.125", "--output", "16", "--json");
  expect(set.code, set.stderr).toBe(0);
  const { priceId } = JSON.parse(set.stdout);
  expect(await database.db.tokenPrice.findUnique({ where: { id: priceId } })).toMatchObject({
    inputNano: 4_500n,
    cachedInputNano: 125n,
    outputNano: 16_000n,
    imageNano: null,
  });
  const later = await setPrice("--model", "deepseek-r1", "--input", "5", "--output", "20", "--from", "2099-01-01T00:00:00Z");
  expect(later).toMatchObject({ code: 0, stdout: "The price of deepseek-r1 is set, from 2099-01-01T00:00:00.000Z on.\n" });
  expect(await database.db.auditEvent.count({ where: { action: "model.price" } })).toBe(2);
});

test.each([
  [["--model", "deepseek-r1", "--input", "0.0001", "--output", "1"], "--input: a price for 1M tokens has at most three decimals"],
  [["--model", "deepseek-r1", "--input=-1", "--output", "1"], "--input: must be 0 or more"],
  [["--model", "deepseek-r1", "--input", "1", "--output", "1", "--from", "soon"], "--from: must be a time"],
])("%j is refused", async (args, message) => {
  const refused = await setPrice(...args);
  expect(refused).toMatchObject({ code: 2, stdout: "" });
  expect(refused.stderr).toContain(message);
});
