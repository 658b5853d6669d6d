import type { InstancePriceRow, PriceList, TokenPriceRow } from "#lib/contracts/pricing.ts";
import { type Context, requireActor } from "../context.ts";
import { hourPricesInForce, tokenPricesInForce } from "./prices-in-force.ts";

/** Every price in force: of the models offered by token, and of the instance types that can be deployed on. */
export async function listPrices({ ctx }: { ctx: Context }): Promise<PriceList> {
  requireActor(ctx);
  const [tokens, instances] = await Promise.all([tokenRows(ctx), instanceRows(ctx)]);
  return { currency: ctx.config.currency, tokens, instances };
}

async function tokenRows(ctx: Context): Promise<TokenPriceRow[]> {
  const [models, prices] = await Promise.all([
    ctx.db.model.findMany({
      // A model that one workspace brought is never offered by token.
      where: { deletedAt: null, workspaceId: null, offersToken: true },
      orderBy: [{ sortOrder: "asc" }, { slug: "asc" }],
    }),
    tokenPricesInForce(ctx.db, ctx.now()),
  ]);
  return models.flatMap(({ id, slug, name, provider, kind }) => {
    const price = prices.get(id);
    if (!price) return [];
    return {
      ...{ slug, name, provider, kind, accessName: `public/${slug}` },
      inputNano: price.inputNano.toString(),
      cachedInputNano: price.cachedInputNano.toString(),
      outputNano: price.outputNano.toString(),
      imageNano: price.imageNano?.toString() ?? null,
      ...periodOf(price),
    };
  });
}

async function instanceRows(ctx: Context): Promise<InstancePriceRow[]> {
  const [types, prices] = await Promise.all([
    ctx.db.instanceType.findMany({
      // Endpoints of others are what their operator adds, nothing that can be deployed on.
      where: { enabled: true, region: { enabled: true, driver: { not: "upstream" } } },
      include: { region: true },
      orderBy: [{ region: { name: "asc" } }, { sortOrder: "asc" }, { name: "asc" }],
    }),
    hourPricesInForce(ctx.db, ctx.now()),
  ]);
  return types.flatMap(({ id, name, cpuMilli, memoryBytes, gpuModel, gpuCount, region }) => {
    const price = prices.get(id);
    if (!price) return [];
    return {
      ...{ id, name, cpuMilli, gpuModel, gpuCount },
      memoryBytes: memoryBytes.toString(),
      region: { name: region.name, label: { en: region.labelEn, zh: region.labelZh } },
      hourNano: price.hourNano.toString(),
      ...periodOf(price),
    };
  });
}

function periodOf(price: { effectiveFrom: Date; changesAt: Date | null }): { effectiveFrom: string; changesAt: string | null } {
  return { effectiveFrom: price.effectiveFrom.toISOString(), changesAt: price.changesAt?.toISOString() ?? null };
}
