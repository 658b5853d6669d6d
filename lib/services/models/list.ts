import type { ModelSummary } from "#lib/contracts/models.ts";
import type { DbLike } from "#lib/db/client.ts";
import type { Prisma, RegionDriver } from "#prisma/generated/client.ts";
import { type CurrentTokenPrice, currentHourPrices, currentTokenPrices } from "../catalog/current-prices.ts";
import type { Context } from "../context.ts";
import { deployUnavailable, tryUnavailable } from "./availability.ts";
import { visibleModels } from "./visible.ts";
import { memoryOf, weightsFacts } from "./weights-memory.ts";

const include = { weights: { select: weightsFacts } } satisfies Prisma.ModelInclude;
type Model = Prisma.ModelGetPayload<{ include: typeof include }>;

/** The catalog in its own order, then the workspace's own models. A handful of queries, however many models there are. */
export async function listModels({ ctx }: { ctx: Context }): Promise<{ items: ModelSummary[] }> {
  return { items: await modelSummaries(ctx, {}) };
}

/** Summaries of the models that `where` finds among those that whoever asks may see. */
export async function modelSummaries(ctx: Context, where: { slug?: string }): Promise<ModelSummary[]> {
  const now = ctx.now();
  const [models, prices, served, cheapest, drivers] = await Promise.all([
    ctx.db.model.findMany({ where: { ...where, ...visibleModels(ctx) }, include, orderBy: [{ sortOrder: "asc" }, { slug: "asc" }] }),
    currentTokenPrices(ctx.db, now),
    readPublicService(ctx.db),
    cheapestHour(ctx.db, now),
    openDrivers(ctx.db),
  ]);
  return models.map((model) =>
    summaryOf(model, { price: prices.get(model.id) ?? null, served: served.get(model.id) ?? null, cheapest, drivers }),
  );
}

interface Surroundings {
  price: CurrentTokenPrice | null;
  served: PublicService | null;
  cheapest: bigint | null;
  /** Of the regions that are open. */
  drivers: readonly RegionDriver[];
}

function summaryOf(model: Model, { price, served, cheapest, drivers }: Surroundings): ModelSummary {
  const facts = { ...model, priced: price !== null, publicReady: served?.ready ?? null };
  const noDeploy = deployUnavailable(facts, drivers);
  return {
    id: model.id,
    slug: model.slug,
    name: model.name,
    provider: model.provider,
    kind: model.kind,
    contextLength: model.contextLength,
    maxOutputTokens: model.maxOutputTokens,
    servedContextLength: served?.contextLength ?? null,
    memory: memoryOf(model.weights),
    licence: model.licence,
    parameters: model.parameters?.toString() ?? null,
    description: { en: model.descriptionEn, zh: model.descriptionZh },
    hot: model.hot,
    demo: model.demo,
    own: model.workspaceId !== null,
    hosting: { token: model.offersToken, dedicated: model.offersDedicated },
    accessName: `public/${model.slug}`,
    tokenPrice:
      model.offersToken && price
        ? {
            inputNano: price.inputNano.toString(),
            cachedInputNano: price.cachedInputNano.toString(),
            outputNano: price.outputNano.toString(),
            imageNano: price.imageNano?.toString() ?? null,
          }
        : null,
    dedicatedFromNano: noDeploy === null ? (cheapest?.toString() ?? null) : null,
    tryUnavailable: tryUnavailable(facts),
    deployUnavailable: noDeploy,
    updatedAt: model.updatedAt.toISOString(),
  };
}

interface PublicService {
  /** Instances that are. */
  ready: number;
  /** Tokens of one request that each of them takes; null where that is as many as the model. */
  contextLength: number | null;
}

/** Each model's public service, by model id; only services that answer to `public/<slug>` count. */
async function readPublicService(db: DbLike): Promise<Map<string, PublicService>> {
  const rows = await db.$queryRaw<({ modelId: string } & PublicService)[]>`
    SELECT s."modelId", (count(i."id") FILTER (WHERE i."state" = 'ready'))::int AS "ready",
      min(i."contextLength") FILTER (WHERE i."state" = 'ready') AS "contextLength"
    FROM "model_services" s
    JOIN "workspaces" w ON w."id" = s."workspaceId" AND w."kind" = 'platform' AND w."name" = 'public'
    JOIN "models" m ON m."id" = s."modelId" AND m."slug" = s."name"
    LEFT JOIN "instances" i ON i."serviceId" = s."id"
    WHERE s."deletedAt" IS NULL AND s."wanted" = 'running' AND s."billing" = 'token'
    GROUP BY s."modelId"`;
  return new Map(rows.map(({ modelId, ...served }) => [modelId, served]));
}

async function openDrivers(db: DbLike): Promise<RegionDriver[]> {
  const regions = await db.region.findMany({ where: { enabled: true }, distinct: ["driver"], select: { driver: true } });
  return regions.map((region) => region.driver);
}

/** The cheapest hour of an instance that can be deployed now, in nano-units. */
async function cheapestHour(db: DbLike, now: Date): Promise<bigint | null> {
  const [prices, types] = await Promise.all([
    currentHourPrices(db, now),
    db.instanceType.findMany({ where: { enabled: true, region: { enabled: true } }, select: { id: true } }),
  ]);
  const offered = types.flatMap((type) => prices.get(type.id) ?? []);
  return offered.reduce<bigint | null>((least, price) => (least === null || price < least ? price : least), null);
}
