import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "#test/database.ts";
import { billWorkspace } from "../instance-billing/bill-workspace.ts";
import { moveClock } from "../instance-billing/testing/billed.ts";
import { ledgerKey } from "../ledger/keys.ts";
import { post } from "../ledger/post.ts";
import { deploy } from "../model-services/deploy.ts";
import { type SignedIn, signedIn, visitor } from "../test-context.ts";
import { checkInvariants, checkSnapshot } from "./check.ts";

let database: TestDatabase;
let user: SignedIn;

/** An installation with some life in it: a credit, a charged call, a service with a ready instance that is billed. */
beforeAll(async () => {
  database = await createTestDatabase();
  const { db } = database;
  user = await signedIn(visitor(db));
  const type = await db.instanceType.findFirstOrThrow({ where: { name: "cpu-small" } });
  const input = { modelSlug: "hydra-tiny", name: "mine", regionId: type.regionId, instanceTypeId: type.id, instances: 1 };
  const { id } = await deploy({ ctx: user, input });
  await db.modelService.update({ where: { id }, data: { state: "running", observedGeneration: 1 } });
  const process = { pid: 10, pidStartedAt: "1", endpoint: "http://127.0.0.1:1", readyAt: new Date(), token: "t" };
  await db.instance.create({ data: { id: "ins_1", serviceId: id, state: "ready", ...process } });

  await moveClock(db, 100);
  await billWorkspace(db, user.actor.workspaceId);

  const service = await db.modelService.findFirstOrThrow({ where: { name: "hydra-tiny" } });
  const price = await db.tokenPrice.findFirstOrThrow({ where: { modelId: service.modelId } });
  const cost = 60n * price.inputNano + 40n * price.cachedInputNano + 50n * price.outputNano;
  const { workspaceId, userId } = user.actor;
  await db.$transaction(async (tx) => {
    const entries = [
      { party: { wallet: workspaceId }, amountNano: -cost },
      { party: "revenue" as const, amountNano: cost },
    ];
    const { transactionId } = await post(tx, { kind: "usage", idempotencyKey: ledgerKey.usage("req_1"), at: new Date(), entries });
    await tx.usageRecord.create({
      data: {
        ...{ requestId: "req_1", workspaceId, userId, serviceId: service.id, modelId: service.modelId, accessName: "public/hydra-tiny" },
        ...{ route: "/v1/chat/completions", streamed: true, outcome: "completed", status: 200, source: "engine" },
        ...{ inputTokens: 100, cachedTokens: 40, outputTokens: 50, tokenPriceId: price.id, costNano: cost, chargeNano: cost },
        ...{ ledgerTransactionId: transactionId, startedAt: new Date(), durationMs: 10 },
      },
    });
  });
});
afterAll(() => database.drop());

async function broken() {
  return (await checkInvariants(database)).filter((result) => result.violations > 0).map((result) => result.name);
}

test("a sound database has no violation, and every invariant is named once", async () => {
  const results = await checkInvariants(database);
  expect(results.filter((result) => result.violations > 0)).toEqual([]);
  expect(new Set(results.map((result) => result.name)).size).toBe(results.length);
});

/** What somebody with the database's own rights could do; each must be found. */
const damages: [string[], string[]][] = [
  [
    ["L1", "L2", "L4-chain", "U3-ledger", "I3-ledger"],
    [
      `DELETE FROM "ledger_entries" e USING "ledger_accounts" a WHERE a."id" = e."accountId" AND a."kind" = 'wallet' AND e."amountNano" < 0`,
    ],
  ],
  [["L1", "L4-chain"], [`INSERT INTO "ledger_transactions" ("kind", "idempotencyKey") VALUES ('operator_credit', 'empty')`]],
  [["L2"], [`UPDATE "ledger_accounts" SET "balanceNano" = "balanceNano" + 1 WHERE "kind" = 'wallet'`]],
  [
    ["L2", "L3"],
    [
      `ALTER TABLE "ledger_accounts" DROP CONSTRAINT "ledger_accounts_no_overdraft"`,
      `UPDATE "ledger_accounts" SET "balanceNano" = -1 WHERE "kind" = 'wallet'`,
    ],
  ],
  [
    ["L3"],
    [
      `ALTER TABLE "ledger_accounts" DROP CONSTRAINT "ledger_accounts_no_overdraft"`,
      `UPDATE "ledger_accounts" SET "leasedNano" = "balanceNano" + 1 WHERE "kind" = 'wallet'`,
      `UPDATE "credit_leases" l SET "amountNano" = a."leasedNano" FROM "ledger_accounts" a WHERE a."workspaceId" = l."workspaceId"`,
    ],
  ],
  [["L8"], [`UPDATE "ledger_accounts" SET "leasedNano" = 1 WHERE "kind" = 'wallet'`]],
  [
    ["L8"],
    [
      `INSERT INTO "credit_leases" ("gatewayId", "workspaceId", "amountNano") SELECT 'gtw_1', "workspaceId", 1 FROM "ledger_accounts" WHERE "kind" = 'wallet'`,
    ],
  ],
  [["L4-chain"], [`UPDATE "ledger_transactions" SET "memo" = 'another' WHERE "kind" = 'usage'`]],
  [["L4-chain"], [`UPDATE "ledger_links" SET "hash" = sha256('x') WHERE "sequence" = 1`]],
  [["L4-chain"], [`DELETE FROM "ledger_links" WHERE "sequence" = 1`]],
  [["L4-chain"], [`UPDATE "ledger_head" SET "sequence" = 1`]],
  [["L4"], [`ALTER TABLE "ledger_entries" DISABLE TRIGGER "ledger_entries_append_only"`]],
  [["L4"], [`DROP TRIGGER "audit_events_append_only" ON "audit_events"`]],
  [["L4"], [`ALTER TABLE "usage_records" DISABLE TRIGGER "usage_records_taken"`]],
  ...["workspaces", "api_keys", "model_services", "models", "token_prices"].flatMap((table): [string[], string[]][] => [
    [["L4"], [`ALTER TABLE "${table}" DISABLE TRIGGER "${table}_used"`]],
    [["L4"], [`DROP TRIGGER "${table}_no_truncate" ON "${table}"`]],
  ]),
  [["L6"], [`ALTER TABLE "token_prices" ALTER COLUMN "inputNano" TYPE double precision`]],
  [
    ["L4-chain", "L7"],
    [
      `INSERT INTO "ledger_transactions" ("kind", "idempotencyKey") VALUES ('signup_credit', 'again')`,
      `INSERT INTO "ledger_entries" ("transactionId", "accountId", "amountNano") SELECT t."id", a."id", CASE a."kind" WHEN 'wallet' THEN 5 ELSE -5 END
         FROM "ledger_transactions" t, "ledger_accounts" a WHERE t."idempotencyKey" = 'again' AND a."kind" IN ('wallet', 'grants')`,
      `UPDATE "ledger_accounts" SET "balanceNano" = "balanceNano" + CASE "kind" WHEN 'wallet' THEN 5 ELSE -5 END WHERE "kind" IN ('wallet', 'grants')`,
    ],
  ],
  [["W1"], [`DELETE FROM "memberships"`]],
  [["W1"], [`INSERT INTO "workspaces" ("id", "name", "kind") VALUES ('ws_x', 'u-0123456789ab', 'personal')`]],
  [["W1"], [`DELETE FROM "ledger_accounts" WHERE "kind" = 'loss'`]],
  [["U1", "U3-ledger"], [`DELETE FROM "usage_records"`]],
  [["U3"], [`UPDATE "usage_records" SET "outputTokens" = "outputTokens" + 1`]],
  [["U3"], [`UPDATE "usage_records" SET "costNano" = "costNano" + 1`]],
  [["U3"], [`ALTER TABLE "usage_records" DROP CONSTRAINT "usage_records_priced"`, `UPDATE "usage_records" SET "tokenPriceId" = NULL`]],
  [["U1", "U3-ledger"], [`UPDATE "usage_records" SET "ledgerTransactionId" = NULL`]],
  [["U3-ledger"], [`UPDATE "usage_records" SET "chargeNano" = "chargeNano" - 1`]],
  [["U4"], [`UPDATE "usage_records" SET "source" = 'none'`]],
  [["U7", "U3-ledger"], [`UPDATE "usage_records" SET "workspaceId" = 'ws_none'`]],
  [["U7"], [`UPDATE "usage_records" SET "keyId" = 'key_none'`]],
  [["U7"], [`UPDATE "usage_records" SET "serviceId" = 'svc_none'`]],
  [["U7", "U3"], [`UPDATE "usage_records" SET "modelId" = 'mdl_none'`]],
  [["U7", "U3"], [`DELETE FROM "token_prices"`]],
  [
    ["I1", "I3"],
    [
      `INSERT INTO "instances" ("id", "serviceId", "state", "token", "endpoint", "readyAt") SELECT 'ins_2', "serviceId", 'ready', 't', 'x', now() FROM "instances"`,
    ],
  ],
  [
    ["I2"],
    [
      `INSERT INTO "instances" ("id", "serviceId", "state", "token", "pid", "pidStartedAt") SELECT 'ins_2', "serviceId", 'starting', 't', "pid", "pidStartedAt" FROM "instances"`,
    ],
  ],
  [["I3"], [`UPDATE "instances" SET "state" = 'starting'`]],
  [["I3"], [`UPDATE "instance_intervals" SET "endedAt" = "billedThrough", "endReason" = 'stopped'`]],
  [
    ["I3"],
    [
      `INSERT INTO "instance_intervals" ("workspaceId", "serviceId", "instanceId", "instanceTypeId", "instancePriceId", "hourNano", "startedAt", "billedThrough", "endedAt", "endReason")
       SELECT "workspaceId", "serviceId", "instanceId", "instanceTypeId", "instancePriceId", "hourNano", "startedAt" + interval '1 second', "startedAt" + interval '1 second', "startedAt" + interval '2 seconds', 'stopped'
       FROM "instance_intervals"`,
    ],
  ],
  [
    ["I3-cost", "I3-ledger"],
    [
      `ALTER TABLE "instance_intervals" DROP CONSTRAINT "instance_intervals_cost"`,
      `UPDATE "instance_intervals" SET "chargedNano" = "chargedNano" + 1`,
    ],
  ],
  [
    ["I3-cost", "I3-ledger"],
    [
      `ALTER TABLE "instance_intervals" DROP CONSTRAINT "instance_intervals_cost"`,
      `UPDATE "instance_intervals" SET "lossNano" = "lossNano" + 1`,
    ],
  ],
  [
    ["I3-cost"],
    [
      `ALTER TABLE "instance_intervals" DROP CONSTRAINT "instance_intervals_cost"`,
      `UPDATE "instance_intervals" SET "billedThrough" = "billedThrough" + interval '1 hour'`,
    ],
  ],
  [["I3-cost"], [`UPDATE "instance_prices" SET "hourNano" = "hourNano" + 1`]],
  [["I3-ledger"], [`UPDATE "instance_intervals" SET "id" = "id" + 1000`]],
  [["L4-chain", "I3-ledger"], [`UPDATE "ledger_transactions" SET "idempotencyKey" = 'instance:0:0' WHERE "kind" = 'instance'`]],
  [["L4"], [`DROP TRIGGER "instances_billed" ON "instances"`]],
  [["I2", "I4"], [`UPDATE "model_services" SET "deletedAt" = now(), "state" = 'deleted' WHERE "name" = 'mine'`]],
  [
    ["I5"],
    [
      `ALTER TABLE "model_services" DROP CONSTRAINT "model_services_generations"`,
      `UPDATE "model_services" SET "observedGeneration" = 9 WHERE "name" = 'mine'`,
    ],
  ],
];

test.each(damages)("finds %s", async (names, statements) => {
  const undo = new Error("undo");
  let found: string[] = [];
  await database.db
    .$transaction(async (tx) => {
      await tx.$executeRawUnsafe(`SET LOCAL session_replication_role = replica`);
      for (const statement of statements) await tx.$executeRawUnsafe(statement);
      found = (await checkSnapshot(tx)).filter((result) => result.violations > 0).map((result) => result.name);
      throw undo;
    })
    .catch((error) => {
      if (error !== undo) throw error;
    });
  expect(found.sort()).toEqual([...names].sort());
  expect(await broken()).toEqual([]);
});
