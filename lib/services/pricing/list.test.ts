import { afterAll, beforeAll, expect, test } from "vitest";
import { priceList } from "#lib/contracts/pricing.ts";
import { createTestDatabase, type TestDatabase } from "#test/database.ts";
import { type SignedIn, signedIn, visitor } from "../test-context.ts";
import { listPrices } from "./list.ts";

let database: TestDatabase;
let ctx: SignedIn;
beforeAll(async () => {
  database = await createTestDatabase();
  ctx = await signedIn(visitor(database.db));
});
afterAll(() => database.drop());

const read = async (at = ctx) => priceList.parse(await listPrices({ ctx: at }));

test("models by token and instance types, each at the price in force", async () => {
  const { currency, tokens, instances } = await read();
  expect(currency).toBe("CNY");
  expect(tokens.find(({ slug }) => slug === "deepseek-r1")).toMatchObject({
    ...{ accessName: "public/deepseek-r1", inputNano: "4000", cachedInputNano: "1000", outputNano: "16000", imageNano: null },
    ...{ effectiveFrom: "2025-01-01T00:00:00.000Z", changesAt: null },
  });
  // Dedicated alone.
  expect(tokens.some(({ slug }) => slug === "phi-4")).toBe(false);
  expect(instances.map(({ name, hourNano, memoryBytes }) => [name, hourNano, memoryBytes])).toEqual([
    ["cpu-small", "360000000", "1073741824"],
    ["cpu-medium", "720000000", "2147483648"],
    ["cpu-large", "1440000000", "4294967296"],
  ]);
});

test("a price to come is announced, and takes over at its moment", async () => {
  const { db } = database;
  const model = await db.model.findUniqueOrThrow({ where: { slug: "deepseek-v3" } });
  const from = new Date(ctx.now().getTime() + 86_400_000);
  await db.tokenPrice.create({
    data: { id: "prc_next", modelId: model.id, effectiveFrom: from, inputNano: 7n, cachedInputNano: 3n, outputNano: 9n },
  });
  const now = (await read()).tokens.find(({ slug }) => slug === "deepseek-v3");
  expect(now?.inputNano).not.toBe("7");
  expect(now?.changesAt).toBe(from.toISOString());
  const later = (await read({ ...ctx, now: () => from })).tokens.find(({ slug }) => slug === "deepseek-v3");
  expect(later).toMatchObject({ inputNano: "7", effectiveFrom: from.toISOString(), changesAt: null });
});

test("types and regions that are closed are not offered", async () => {
  const { db } = database;
  await db.instanceType.updateMany({ where: { name: "cpu-large" }, data: { enabled: false } });
  expect((await read()).instances.map(({ name }) => name)).toEqual(["cpu-small", "cpu-medium"]);
  await db.region.updateMany({ data: { enabled: false } });
  expect((await read()).instances).toEqual([]);
});
