import { cp, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { rootDir } from "#lib/config.ts";
import { createEmptyDatabase, type EmptyDatabase } from "#test/database.ts";
import { migrate } from "./migrate.ts";

const name = "20261120001400_settle";
const shippedDir = join(rootDir, "prisma", "migrations");
let database: EmptyDatabase;
let client: pg.Client;

/** A workspace with 1,000 nano-units, all of it leased by a gateway, and what a call of it names: as tables were before. */
const before = `
  INSERT INTO "users" ("id", "email", "name", "updatedAt") VALUES ('usr_1', 'one@example.com', 'One', now());
  INSERT INTO "workspaces" ("id", "name", "kind") VALUES ('ws_1', 'one', 'platform');
  INSERT INTO "api_keys" ("id", "workspaceId", "userId", "name", "hash", "masked") VALUES ('key_1', 'ws_1', 'usr_1', 'one', sha256('1'), 'one');
  INSERT INTO "models" ("id", "slug", "name", "provider", "kind", "contextLength", "maxOutputTokens", "licence", "descriptionEn", "descriptionZh",
    "offersToken", "offersDedicated", "sortOrder", "updatedAt")
    VALUES ('mdl_1', 'one', 'One', 'One', 'text_generation', 100, 100, 'MIT', '', '', true, false, 1, now());
  INSERT INTO "token_prices" ("id", "modelId", "effectiveFrom", "inputNano", "cachedInputNano", "outputNano") VALUES ('prc_1', 'mdl_1', now(), 1, 1, 1);
  INSERT INTO "regions" ("id", "name", "labelEn", "labelZh", "driver") VALUES ('reg_1', 'one', 'One', 'One', 'local');
  INSERT INTO "instance_types" ("id", "regionId", "name", "cpuMilli", "memoryBytes", "parallel", "sortOrder") VALUES ('typ_1', 'reg_1', 'one', 1, 1, 1, 1);
  INSERT INTO "model_services" ("id", "workspaceId", "name", "modelId", "regionId", "instanceTypeId", "billing", "wantedInstances")
    VALUES ('svc_1', 'ws_1', 'one', 'mdl_1', 'reg_1', 'typ_1', 'token', 1);
  INSERT INTO "ledger_accounts" ("id", "kind", "workspaceId") VALUES ('acc_w', 'wallet', 'ws_1'), ('acc_g', 'grants', null),
    ('acc_r', 'revenue', null), ('acc_l', 'loss', null);
  BEGIN;
  INSERT INTO "ledger_transactions" ("id", "kind", "idempotencyKey") VALUES (1000, 'operator_credit', 'one');
  INSERT INTO "ledger_entries" ("transactionId", "accountId", "amountNano") VALUES (1000, 'acc_w', 1000), (1000, 'acc_g', -1000);
  COMMIT;
  SELECT draw_credit('gtw_1', 'ws_1', 'op_1', 1000, 0, 0, null);`;

/** A row as the version before sends it. */
const row = (requestId: string, more: object = {}) => ({
  ...{ requestId, workspaceId: "ws_1", userId: "usr_1", keyId: "key_1", serviceId: "svc_1", instanceId: null, modelId: "mdl_1" },
  ...{ accessName: "one/one", route: "/v1/chat/completions", streamed: true, outcome: "completed", status: 200, errorCode: null },
  ...{ source: "engine", inputTokens: 40, cachedTokens: 30, outputTokens: 20, reasoningTokens: 10, images: 0, tokenPriceId: "prc_1" },
  ...{ costNano: "60", chargeNano: "50", startedAt: "2026-11-20T10:11:12.345Z", firstTokenMs: 3, durationMs: 4 },
  ...more,
});

async function settleOld(rows: object[], short = false): Promise<unknown> {
  const text = "SELECT settle_usage($1, $2::json, $3) AS fresh";
  return (await client.query<{ fresh: number }>(text, ["gtw_1", JSON.stringify(rows), short])).rows[0]?.fresh;
}

async function balances(): Promise<unknown> {
  const { rows } = await client.query(`SELECT "balanceNano"::int AS balance, "leasedNano"::int AS leased,
    (SELECT "amountNano"::int FROM "credit_leases") AS lease, (SELECT array_agg("chargedNano"::int) FROM "spend_days") AS spent
    FROM "ledger_accounts" WHERE "id" = 'acc_w'`);
  return rows[0];
}

beforeAll(async () => {
  database = await createEmptyDatabase();
  const dir = await mkdtemp(join(tmpdir(), "hydra-migrations-"));
  for (const earlier of (await readdir(shippedDir)).filter((other) => other < name)) {
    await cp(join(shippedDir, earlier), join(dir, earlier), { recursive: true });
  }
  await migrate(database.url, dir);
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query(before);
  expect(await settleOld([row("req_1"), row("req_2")])).toBe(2);
  await cp(join(shippedDir, name), join(dir, name), { recursive: true });
  expect(await migrate(database.url, dir)).toEqual([name]);
  await rm(dir, { recursive: true });
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

test("what stood there stands, and its parents cannot go", async () => {
  expect(await balances()).toEqual({ balance: 900, leased: 900, lease: 900, spent: [100, 100] });
  for (const [table, id] of Object.entries({ api_keys: "key_1", token_prices: "prc_1", model_services: "svc_1" })) {
    await expect(client.query(`DELETE FROM "${table}" WHERE "id" = $1`, [id])).rejects.toMatchObject({ code: "23503" });
  }
});

test("a gateway of the version before settles on: the same columns, each call once, a missing parent and a short lease refused", async () => {
  expect(await settleOld([row("req_2"), row("req_3", { keyId: null })])).toBe(1);
  expect(await balances()).toEqual({ balance: 850, leased: 850, lease: 850, spent: expect.arrayContaining([150, 100]) });
  const { rows } = await client.query(
    `SELECT to_jsonb(u) - '{requestId,keyId,ledgerTransactionId}'::text[] AS u FROM "usage_records" u ORDER BY "requestId"`,
  );
  expect(rows).toHaveLength(3);
  expect(rows[2]).toEqual(rows[0]);
  await expect(settleOld([row("req_4"), row("req_5", { modelId: "mdl_none" })])).rejects.toMatchObject({
    code: "23503",
    column: "modelId",
  });
  await expect(settleOld([row("req_4", { costNano: "2000", chargeNano: "2000" })])).rejects.toMatchObject({ code: "HY001" });
  expect(await settleOld([row("req_4", { costNano: "2000", chargeNano: "2000" })], true)).toBe(1);
  expect(await balances()).toMatchObject({ balance: 0, leased: 0, lease: 0 });
  expect(await settleOld([])).toBe(0);
});
