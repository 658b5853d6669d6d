import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "#test/database.ts";
import type { Context } from "../context.ts";
import { regionInput, setRegion } from "./set-region.ts";

let database: TestDatabase;
let ctx: Context;
let now = new Date("2027-01-01T00:00:00Z");
beforeAll(async () => {
  database = await createTestDatabase();
  const config = { currency: "CNY", domain: "localhost", gatewayPort: 8080, signup: "open", signupCredit: 0, setupToken: null } as const;
  ctx = { db: database.db, now: () => now, config: { ...config, beyondLoopback: false }, actor: null, cli: true };
});
afterAll(() => database.drop());

const big = { name: "big", cpuMilli: 8_000, memoryBytes: "68719476736", gpuModel: "H100", gpuCount: 1, parallel: 64, hour: "28" };
const small = { ...big, name: "small", gpuModel: null, gpuCount: 0, hour: "3.5" };
const region = { name: "sh-02", label: { en: "Shanghai", zh: "上海" }, settings: { namespace: "hydra" }, instanceTypes: [big, small] };

const stored = () =>
  database.db.region.findUniqueOrThrow({
    where: { name: "sh-02" },
    include: { instanceTypes: { orderBy: { name: "asc" }, include: { prices: { orderBy: { effectiveFrom: "asc" } } } } },
  });

test("a region is added whole, and said again changes what differs alone", async () => {
  const { regionId, added } = await setRegion({ ctx, input: regionInput.parse(region) });
  expect(added).toBe(true);
  expect(await stored()).toMatchObject({ id: regionId, driver: "kubernetes", labelEn: "Shanghai", settings: { namespace: "hydra" } });

  now = new Date("2027-02-01T00:00:00Z");
  const changed = { ...region, settings: { namespace: "models" }, instanceTypes: [{ ...big, hour: "30.5" }] };
  expect(await setRegion({ ctx, input: regionInput.parse(changed) })).toEqual({ regionId, added: false });
  const after = await stored();
  expect(after.settings).toEqual({ namespace: "models" });
  expect(after.instanceTypes.map((type) => [type.name, type.enabled, type.prices.map((price) => price.hourNano)])).toEqual([
    ["big", true, [28_000_000_000n, 30_500_000_000n]],
    // No longer listed: offered no more, and its price stays.
    ["small", false, [3_500_000_000n]],
  ]);

  now = new Date("2027-03-01T00:00:00Z");
  await setRegion({ ctx, input: regionInput.parse(region) });
  expect((await stored()).instanceTypes.map((type) => [type.enabled, type.prices.length])).toEqual([
    [true, 3],
    [true, 1],
  ]);
  expect(await database.db.auditEvent.count({ where: { action: "region.set" } })).toBe(3);
});

test("a region of another driver is not taken over, and only operators may", async () => {
  await expect(setRegion({ ctx, input: regionInput.parse({ ...region, name: "local" }) })).rejects.toMatchObject({ code: "conflict" });
  const actor = { userId: "u", workspaceId: "w", workspaceName: "w", role: "user" } as const;
  const { cli: _, ...asked } = ctx;
  await expect(setRegion({ ctx: { ...asked, actor }, input: regionInput.parse(region) })).rejects.toMatchObject({
    code: "insufficient_permissions",
  });
});
