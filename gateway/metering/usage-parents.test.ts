import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { newId } from "#lib/ids.ts";
import { createTestDatabase, type TestDatabase } from "#test/database.ts";
import { makePublicService } from "#test/gateway-factory.ts";
import { openMoneyPool } from "./pool.ts";
import { isRefusedData, settle } from "./settle.ts";
import { expectSound, makeCalls, startMoney, type TestCalls, tryHold } from "./testing/money.ts";
import { usageBatch } from "./usage-batch.ts";
import { amountsOf, type UsageRow, usageRow } from "./usage-row.ts";
import { usageText } from "./usage-text.ts";

/** What usage names, by its column, and where that stands. */
const parents = [
  ["workspaceId", "workspaces"],
  ["keyId", "api_keys"],
  ["serviceId", "model_services"],
  ["modelId", "models"],
  ["tokenPriceId", "token_prices"],
] as const;

let database: TestDatabase;
let pool: pg.Pool;
let calls: TestCalls;
beforeAll(async () => {
  database = await createTestDatabase();
  pool = openMoneyPool(database.url);
});
beforeEach(async () => {
  calls = await makeCalls(database.db, 10_000n);
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

/** A row that costs nothing, so that no lease is needed. */
function freeRow(more: Partial<UsageRow> = {}): UsageRow {
  const entry = calls.entry(calls.admitted(), 5, { source: "none" });
  return { ...usageRow(entry, amountsOf(entry, 0n)), ...more };
}

/** A row whose parent of that column nothing else refers to; a price that is not in force yet may still be changed. */
async function lonelyRow(column: (typeof parents)[number][0]): Promise<UsageRow> {
  const { db } = database;
  const { id: _, slug: __, ...facts } = await db.model.findUniqueOrThrow({ where: { slug: "hydra-tiny" } });
  const slug = `lonely-${newId("mdl").slice(-12)}`;
  const { id: modelId } = await db.model.create({ data: { ...facts, id: newId("mdl"), slug } });
  const { id: workspaceId } = await db.workspace.create({ data: { id: newId("ws"), name: slug, kind: "platform" } });
  const { id: serviceId } = await makePublicService(db, { name: slug, endpoints: [] });
  const row = freeRow({ workspaceId, serviceId, modelId, tokenPriceId: null });
  if (column !== "tokenPriceId") return row;
  const rates = { inputNano: 1n, cachedInputNano: 1n, outputNano: 1n };
  const effectiveFrom = new Date(Date.now() + 3_600_000);
  const price = await db.tokenPrice.create({ data: { id: newId("prc"), modelId, effectiveFrom, ...rates } });
  return { ...row, tokenPriceId: price.id };
}

async function withClients(work: (one: pg.Client, other: pg.Client) => Promise<void>): Promise<void> {
  const clients = [new pg.Client({ connectionString: database.url }), new pg.Client({ connectionString: database.url })] as const;
  await Promise.all(clients.map((client) => client.connect()));
  await work(...clients).finally(() => Promise.all(clients.map((client) => client.end())));
}

const insertText = (row: UsageRow) => ({
  text: `INSERT INTO "usage_records" SELECT * FROM json_populate_record(null::"usage_records", $1)`,
  values: [JSON.stringify(row)],
});

test.each(parents)(
  "usage that names a %s which is not in %s is refused, whoever writes it, with all that came with it",
  async (column, table) => {
    const gone = newId("req");
    const [good, bad] = [freeRow(), freeRow({ [column]: gone })];
    const message = `usage names ${column} ${gone}, which is not in ${table}`;
    const error = await settle(pool, "gtw_1", [good, bad].map(usageText)).catch((err: unknown) => err);
    expect(error).toMatchObject({ code: "23503", message, table: "usage_records", column });
    expect(isRefusedData(error)).toBe(true);
    expect(await database.db.usageRecord.count({ where: { requestId: { in: [good.requestId, bad.requestId] } } })).toBe(0);
    await expect(pool.query(insertText(bad))).rejects.toMatchObject({ code: "23503", message });
  },
);

test("usage without a key and without a price names neither", async () => {
  expect(await settle(pool, "gtw_1", [freeRow({ keyId: null }), freeRow({ tokenPriceId: null }), freeRow()].map(usageText))).toBe(3);
});

test("a line that says a party which did not come fails its batch, instead of being left out", async () => {
  const { parties, lines } = usageBatch([freeRow(), freeRow({ keyId: null })].map(usageText));
  const text = "SELECT settle_usage('gtw_1', ($1::usage_party[])[1:1], $2::usage_line[], false)";
  await expect(pool.query(text, [parties, lines])).rejects.toMatchObject({ code: "23502" });
});

test("one row for each parent that is missing: each is put aside alone, and all others are settled", async () => {
  const money = await startMoney(database.url);
  const held = await Promise.all(Array.from({ length: parents.length + 2 }, () => tryHold(money, calls, 50n)));
  const entries = held.map((one) => calls.entry(one?.call ?? calls.admitted(), 50));
  const bad = [
    { principal: { ...calls.principal, workspaceId: "ws_none" } },
    { principal: { ...calls.principal, keyId: "key_none" } },
    { service: { id: "svc_none", accessName: "public/none" } },
    { modelId: "mdl_none" },
    { price: { id: "prc_none", rates: { inputNano: 1n, cachedInputNano: 1n, outputNano: 1n, imageNano: null } } },
  ];
  for (const [index, entry] of entries.entries()) money.metering.record({ ...entry, ...bad[index - 1] });
  await expect.poll(() => money.metering.waiting()).toBe(0);
  await money.end();
  const rows = await database.db.usageRecord.findMany({ where: { requestId: { in: entries.map(({ requestId }) => requestId) } } });
  expect(rows.map(({ requestId }) => requestId).sort()).toEqual([entries[0]?.requestId, entries.at(-1)?.requestId].sort());
  await expectSound(database.db);
});

test.each(parents)("what usage names as its %s stays in %s, under its id; what it does not name may go", async (column, table) => {
  const row = await lonelyRow(column);
  const id = row[column];
  const count = async () => (await pool.query(`SELECT FROM "${table}" WHERE "id" = $1`, [id])).rowCount;
  const change = { text: `UPDATE "${table}" SET "id" = "id" || '_other' WHERE "id" = $1`, values: [id] };
  await withClients(async (client) => {
    await client.query("BEGIN");
    expect((await client.query(change)).rowCount).toBe(1);
    expect((await client.query(`DELETE FROM "${table}" WHERE "id" = $1`, [`${id}_other`])).rowCount).toBe(1);
    await client.query("ROLLBACK");
  });
  await settle(pool, "gtw_1", [usageText(row)]);
  const refused = { code: "23503", message: `${table} ${id} stays as it is: usage names it (${column})`, table: "usage_records", column };
  await expect(pool.query(`DELETE FROM "${table}" WHERE "id" = $1`, [id])).rejects.toMatchObject(refused);
  // A price that was used takes no change at all, by a rule of its own.
  const unchanged = table === "token_prices" ? { code: "23514" } : refused;
  await expect(pool.query(change)).rejects.toMatchObject(unchanged);
  if (table !== "token_prices") await pool.query(`UPDATE "${table}" SET "id" = "id" WHERE "id" = $1`, [id]);
  for (const more of ["", "CASCADE"]) await expect(pool.query(`TRUNCATE "${table}" ${more}`)).rejects.toThrow(/cannot (be )?truncate/);
  expect(await count()).toBe(1);
});

test("a parent that is being deleted makes its usage wait, and then be refused", async () => {
  const row = await lonelyRow("serviceId");
  await withClients(async (one) => {
    await one.query("BEGIN");
    await one.query(`DELETE FROM "model_services" WHERE "id" = $1`, [row.serviceId]);
    const settling = settle(pool, "gtw_1", [usageText(row)]).then(
      () => "settled",
      (err: { code: string }) => err.code,
    );
    expect(await Promise.race([settling, sleep(150, "waiting")])).toBe("waiting");
    await one.query("COMMIT");
    expect(await settling).toBe("23503");
  });
});

test("usage that is being written makes the deletion wait, and then be refused; other changes of a parent go on", async () => {
  const row = await lonelyRow("serviceId");
  await withClients(async (one, other) => {
    await one.query("BEGIN");
    await one.query(insertText(row));
    await other.query(`UPDATE "model_services" SET "reason" = 'x' WHERE "id" = $1`, [row.serviceId]);
    const deleting = other.query(`DELETE FROM "model_services" WHERE "id" = $1`, [row.serviceId]).then(
      () => "deleted",
      (err: { code: string }) => err.code,
    );
    expect(await Promise.race([deleting, sleep(150, "waiting")])).toBe("waiting");
    await one.query("COMMIT");
    expect(await deleting).toBe("23503");
  });
});

test.each(["REPEATABLE READ", "SERIALIZABLE"])(
  "a transaction of isolation %s, which cannot see new usage, deletes no parent",
  async (level) => {
    const row = await lonelyRow("serviceId");
    await withClients(async (one) => {
      await one.query(`BEGIN ISOLATION LEVEL ${level}`);
      await one.query("SELECT 1");
      await settle(pool, "gtw_1", [usageText(row)]);
      await expect(one.query(`DELETE FROM "model_services" WHERE "id" = $1`, [row.serviceId])).rejects.toThrow(/READ COMMITTED/);
      await one.query("ROLLBACK");
    });
    expect(await database.db.modelService.count({ where: { id: row.serviceId } })).toBe(1);
  },
);
