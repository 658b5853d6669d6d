import { advisoryLocks } from "#lib/db/advisory-locks.ts";
import type { Db, DbLike } from "#lib/db/client.ts";
import { newId } from "#lib/ids.ts";
import { seedModels } from "./seed/models.ts";
import { seedInstanceTypes, seedRegion, seedService } from "./seed/regions.ts";

/** Prices of the seed are in force from here on; a price that an operator sets later is newer and wins. */
const pricesFrom = new Date("2025-01-01T00:00:00Z");

const platformAccounts = ["revenue", "grants", "loss"] as const;

/**
 * Fills in what a new installation holds: catalog, region, prices, platform accounts, the public demo service. Rows are
 * found by their names, and what is there is left as it is, so that an operator's changes outlive a restart; also
 * a public service that was deleted stays so. A second run writes nothing, and two runs at once end as one.
 */
export async function seed(db: Db): Promise<void> {
  if (await isComplete(db)) return;
  await db.$transaction(
    async (tx) => {
      // One at a time: starts of two consoles on one database would otherwise wait on each other's unique rows.
      await tx.$executeRaw`SELECT pg_advisory_xact_lock(${advisoryLocks.seed})`;
      const workspaceId = await seedPlatform(tx);
      await seedModelRows(tx);
      const regionId = await seedRegionRows(tx);
      await seedPublicService(tx, workspaceId, regionId);
    },
    { timeout: 30_000 },
  );
}

/** Whether every row of the seed is there: one query, because each start asks. */
async function isComplete(db: Db): Promise<boolean> {
  const slugs = seedModels.map((model) => model.slug);
  const priced = seedModels.flatMap((model) => (model.price ? [model.slug] : []));
  const withWeights = seedModels.flatMap((model) => (model.weights ? [model.slug] : []));
  const types = seedInstanceTypes.map((type) => type.name);
  const [row] = await db.$queryRaw<{ complete: boolean }[]>`
    SELECT (SELECT count(*) FROM "models" WHERE "slug" = ANY(${slugs})) = ${slugs.length}
      AND (SELECT count(*) FROM "model_weights" w JOIN "models" m ON m."id" = w."modelId"
        WHERE m."slug" = ANY(${withWeights})) = ${withWeights.length}
      AND (SELECT count(*) FROM "token_prices" p JOIN "models" m ON m."id" = p."modelId"
        WHERE p."effectiveFrom" = ${pricesFrom} AND m."slug" = ANY(${priced})) = ${priced.length}
      AND (SELECT count(*) FROM "instance_types" t JOIN "regions" r ON r."id" = t."regionId" AND r."name" = ${seedRegion.name}
        JOIN "instance_prices" p ON p."instanceTypeId" = t."id" AND p."effectiveFrom" = ${pricesFrom}
        WHERE t."name" = ANY(${types})) = ${types.length}
      AND (SELECT count(*) FROM "ledger_accounts" WHERE "kind" <> 'wallet') = ${platformAccounts.length}
      AND EXISTS (SELECT 1 FROM "model_services" s JOIN "workspaces" w ON w."id" = s."workspaceId" AND w."name" = 'public'
        WHERE s."name" = ${seedService.name}) AS "complete"`;
  return row?.complete ?? false;
}

/** The workspace `public` and the platform's own ledger accounts; returns the workspace's id. */
async function seedPlatform(tx: DbLike): Promise<string> {
  const accounts = await tx.ledgerAccount.findMany({ where: { kind: { not: "wallet" } }, select: { kind: true } });
  const known = new Set(accounts.map((account) => account.kind));
  const missing = platformAccounts.filter((kind) => !known.has(kind));
  if (missing.length > 0) await tx.ledgerAccount.createMany({ data: missing.map((kind) => ({ id: newId("acc"), kind })) });
  const found = await tx.workspace.findUnique({ where: { name: "public" }, select: { id: true } });
  if (found) return found.id;
  const made = await tx.workspace.create({ data: { id: newId("ws"), name: "public", kind: "platform" } });
  return made.id;
}

async function seedModelRows(tx: DbLike): Promise<void> {
  const known = new Set((await tx.model.findMany({ select: { slug: true } })).map((model) => model.slug));
  const missing = seedModels.flatMap(({ price: _price, weights: _weights, ...model }, index) =>
    known.has(model.slug) ? [] : [{ ...model, id: newId("mdl"), sortOrder: (index + 1) * 10 }],
  );
  if (missing.length > 0) await tx.model.createMany({ data: missing });
  await seedWeights(tx);

  const rows = await tx.model.findMany({
    where: { slug: { in: seedModels.flatMap((model) => (model.price ? [model.slug] : [])) } },
    select: { id: true, slug: true, prices: { where: { effectiveFrom: pricesFrom }, select: { id: true } } },
  });
  const unpriced = new Map(rows.filter((row) => row.prices.length === 0).map((row) => [row.slug, row.id]));
  const prices = seedModels.flatMap(({ slug, price }) => {
    const modelId = unpriced.get(slug);
    return modelId && price ? [{ id: newId("prc"), modelId, effectiveFrom: pricesFrom, ...price }] : [];
  });
  if (prices.length > 0) await tx.tokenPrice.createMany({ data: prices });
}

/** Weights for the models that have none; an operator's own choice stays. */
async function seedWeights(tx: DbLike): Promise<void> {
  const bare = await tx.model.findMany({
    where: { slug: { in: seedModels.map((model) => model.slug) }, weights: null },
    select: { id: true, slug: true },
  });
  const ids = new Map(bare.map((row) => [row.slug, row.id]));
  const data = seedModels.flatMap(({ slug, weights }) => {
    const modelId = ids.get(slug);
    return modelId && weights ? [{ ...weights, id: newId("wts"), modelId }] : [];
  });
  if (data.length > 0) await tx.modelWeights.createMany({ data });
}

/** Region `local` with its instance types and their prices; returns the region's id. */
async function seedRegionRows(tx: DbLike): Promise<string> {
  const region =
    (await tx.region.findUnique({ where: { name: seedRegion.name }, select: { id: true } })) ??
    (await tx.region.create({ data: { id: newId("reg"), ...seedRegion }, select: { id: true } }));
  const known = new Set(
    (await tx.instanceType.findMany({ where: { regionId: region.id }, select: { name: true } })).map((type) => type.name),
  );
  const missing = seedInstanceTypes.flatMap(({ hourNano: _hourNano, ...type }, index) =>
    known.has(type.name) ? [] : [{ ...type, id: newId("typ"), regionId: region.id, sortOrder: (index + 1) * 10 }],
  );
  if (missing.length > 0) await tx.instanceType.createMany({ data: missing });

  const rows = await tx.instanceType.findMany({
    where: { regionId: region.id, name: { in: seedInstanceTypes.map((type) => type.name) } },
    select: { id: true, name: true, prices: { where: { effectiveFrom: pricesFrom }, select: { id: true } } },
  });
  const unpriced = new Map(rows.filter((row) => row.prices.length === 0).map((row) => [row.name, row.id]));
  const prices = seedInstanceTypes.flatMap(({ name, hourNano }) => {
    const instanceTypeId = unpriced.get(name);
    return instanceTypeId ? [{ id: newId("prc"), instanceTypeId, effectiveFrom: pricesFrom, hourNano }] : [];
  });
  if (prices.length > 0) await tx.instancePrice.createMany({ data: prices });
  return region.id;
}

async function seedPublicService(tx: DbLike, workspaceId: string, regionId: string): Promise<void> {
  const { name, modelSlug, instanceType, instances } = seedService;
  // Deleted ones count: the operator who removed it does not want it back.
  if (await tx.modelService.findFirst({ where: { workspaceId, name }, select: { id: true } })) return;
  const model = await tx.model.findUniqueOrThrow({ where: { slug: modelSlug }, select: { id: true } });
  const type = await tx.instanceType.findUniqueOrThrow({
    where: { regionId_name: { regionId, name: instanceType } },
    select: { id: true },
  });
  const id = newId("svc");
  await tx.modelService.create({
    data: {
      id,
      workspaceId,
      name,
      modelId: model.id,
      regionId,
      instanceTypeId: type.id,
      billing: "token",
      wantedInstances: instances,
      reason: "waiting_for_deployer",
      events: { create: { kind: "service_created", actor: "system" } },
    },
  });
  await tx.auditEvent.create({
    data: { actor: "system", workspaceId, action: "service.create", targetType: "service", targetId: id, data: { name, model: modelSlug } },
  });
}
