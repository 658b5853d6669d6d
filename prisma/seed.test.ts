import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "#test/database.ts";
import { seedModels } from "./seed/models.ts";
import { seed } from "./seed.ts";

let test1: TestDatabase;
beforeAll(async () => {
  test1 = await createTestDatabase();
});
afterAll(() => test1.drop());

async function counts() {
  const { db } = test1;
  return {
    models: await db.model.count(),
    weights: await db.modelWeights.count(),
    prices: await db.tokenPrice.count(),
    regions: await db.region.count(),
    types: await db.instanceType.count(),
    hourPrices: await db.instancePrice.count(),
    workspaces: await db.workspace.count(),
    accounts: await db.ledgerAccount.count(),
    services: await db.modelService.count(),
    events: await db.serviceEvent.count(),
    audits: await db.auditEvent.count(),
  };
}

test("a second and a third run at once write nothing and are quick", async () => {
  const before = await counts();
  expect(before).toEqual({
    models: 13,
    weights: 8,
    prices: 7,
    regions: 1,
    types: 3,
    hourPrices: 3,
    workspaces: 1,
    accounts: 3,
    services: 1,
    events: 1,
    audits: 1,
  });
  const start = performance.now();
  await seed(test1.db);
  const tookMs = performance.now() - start;
  expect(tookMs).toBeLessThan(500);
  await Promise.all([seed(test1.db), seed(test1.db)]);
  expect(await counts()).toEqual(before);
});

test("an empty database seeded twice at once ends as one", async () => {
  const empty = await createTestDatabase();
  // The ledger's own tables refuse to be emptied.
  await empty.db.$transaction([
    empty.db.$executeRaw`SET LOCAL session_replication_role = replica`,
    empty.db.$executeRaw`TRUNCATE "models", "regions", "workspaces", "ledger_accounts", "audit_events" CASCADE`,
  ]);
  await Promise.all([seed(empty.db), seed(empty.db)]);
  expect(await empty.db.model.count()).toBe(13);
  expect(await empty.db.modelService.count()).toBe(1);
  await empty.drop();
});

test("whichever row is missing comes back", async () => {
  const holed = await createTestDatabase();
  const { db } = holed;
  const holes = [
    () => db.tokenPrice.deleteMany({ where: { model: { slug: "deepseek-r1" } } }),
    () => db.model.deleteMany({ where: { slug: "phi-4" } }),
    () => db.modelWeights.deleteMany({ where: { model: { slug: "hydra-tiny" } } }),
    () => db.instancePrice.deleteMany({ where: { instanceType: { name: "cpu-large" } } }),
    async () => {
      await db.instancePrice.deleteMany({ where: { instanceType: { name: "cpu-large" } } });
      await db.instanceType.deleteMany({ where: { name: "cpu-large" } });
    },
    () => db.ledgerAccount.deleteMany({ where: { kind: "loss" } }),
    async () => {
      await db.serviceEvent.deleteMany();
      await db.modelService.deleteMany();
    },
  ];
  const count = async () => [
    await db.model.count(),
    await db.modelWeights.count(),
    await db.tokenPrice.count(),
    await db.instanceType.count(),
    await db.instancePrice.count(),
    await db.ledgerAccount.count(),
    await db.modelService.count(),
  ];
  for (const hole of holes) {
    await hole();
    await seed(db);
    expect(await count()).toEqual([13, 8, 7, 3, 3, 3, 1]);
  }
  await holed.drop();
});

test("an operator's later price, renamed region and deleted public service survive", async () => {
  const { db } = test1;
  const model = await db.model.findUniqueOrThrow({ where: { slug: "deepseek-r1" } });
  await db.tokenPrice.create({
    data: { id: "prc_mine", modelId: model.id, effectiveFrom: new Date(), inputNano: 9n, cachedInputNano: 9n, outputNano: 9n },
  });
  await db.region.updateMany({ where: { name: "local" }, data: { labelEn: "Our rack" } });
  await db.modelService.updateMany({
    where: { name: "hydra-tiny" },
    data: { wanted: "deleted", state: "deleted", deletedAt: new Date() },
  });
  await seed(db);
  const prices = await db.tokenPrice.findMany({ where: { modelId: model.id }, orderBy: { effectiveFrom: "desc" } });
  expect(prices.map((price) => price.inputNano)).toEqual([9n, 4_000n]);
  expect((await db.region.findUniqueOrThrow({ where: { name: "local" } })).labelEn).toBe("Our rack");
  expect(await db.modelService.count({ where: { deletedAt: null } })).toBe(0);
});

test("every model offered by token has a price, and no other one has", () => {
  for (const model of seedModels) expect([model.slug, model.price !== null]).toEqual([model.slug, model.offersToken]);
});
