import { advisoryLocks } from "#lib/db/advisory-locks.ts";
import type { DbLike } from "#lib/db/client.ts";
import { AppError } from "#lib/errors.ts";
import { newId } from "#lib/ids.ts";
import { recordAudit } from "../audit/record.ts";
import { actorName, type Context } from "../context.ts";

export interface OfferedModel {
  id: string;
  slug: string;
  offersToken: boolean;
}

/** The catalog's model, kept from changes of others until the transaction ends: two that offer it at once make one service. */
export async function lockModel(tx: DbLike, slug: string): Promise<OfferedModel> {
  const rows = await tx.$queryRaw<OfferedModel[]>`
    SELECT "id", "slug", "offersToken" FROM "models" WHERE "slug" = ${slug} AND "workspaceId" IS NULL AND "deletedAt" IS NULL FOR NO KEY UPDATE`;
  const model = rows[0];
  if (!model) throw new AppError("not_found", `There is no model "${slug}" in the catalog.`, { param: "model" });
  return model;
}

/** The service `public/<model>` that stands on upstreams, made where there is none. Throws `conflict` where it runs on instances of its own. */
export async function publicService(tx: DbLike, ctx: Context, model: OfferedModel): Promise<{ id: string; created: boolean }> {
  const workspace = await tx.workspace.findUniqueOrThrow({ where: { name: "public" }, select: { id: true } });
  const found = await tx.modelService.findFirst({
    where: { workspaceId: workspace.id, name: model.slug, deletedAt: null },
    select: { id: true, wanted: true, region: { select: { driver: true, name: true } } },
  });
  if (found?.wanted === "deleted") {
    throw new AppError("conflict", `public/${model.slug} is just being deleted. Try again in a minute.`, { param: "model" });
  }
  if (found && found.region.driver !== "upstream") {
    const message = `public/${model.slug} runs on instances of its own in region ${found.region.name}. Delete that service first.`;
    throw new AppError("conflict", message, { param: "model" });
  }
  // Whoever gives a model an endpoint offers it by token.
  if (!model.offersToken) await tx.model.update({ where: { id: model.id }, data: { offersToken: true } });
  if (found) return { id: found.id, created: false };
  return { id: await createService(tx, ctx, workspace.id, model), created: true };
}

async function createService(tx: DbLike, ctx: Context, workspaceId: string, model: OfferedModel): Promise<string> {
  const id = newId("svc");
  const at = ctx.now();
  await tx.modelService.create({
    data: {
      ...{ id, workspaceId, name: model.slug, modelId: model.id, ...(await upstreamRegion(tx)) },
      billing: "token",
      wantedInstances: 1,
      reason: "waiting_for_deployer",
      stateSince: at,
      createdAt: at,
      createdById: ctx.cli ? null : (ctx.actor?.userId ?? null),
      events: { create: { kind: "service_created", actor: actorName(ctx), at } },
    },
  });
  const data = { name: model.slug, model: model.slug };
  await recordAudit(tx, ctx, { action: "service.create", targetType: "service", targetId: id, workspaceId, data });
  return id;
}

/** The region of upstreams and its one instance type, which nobody can deploy on; both are made at the first use. */
async function upstreamRegion(tx: DbLike): Promise<{ regionId: string; instanceTypeId: string }> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(${advisoryLocks.upstreams})`;
  const region =
    (await tx.region.findFirst({ where: { driver: "upstream" }, orderBy: { createdAt: "asc" }, select: { id: true } })) ??
    (await tx.region.create({
      data: { id: newId("reg"), name: "upstream", driver: "upstream", labelEn: "External endpoints", labelZh: "外部端点" },
      select: { id: true },
    }));
  const type =
    (await tx.instanceType.findFirst({ where: { regionId: region.id }, orderBy: { createdAt: "asc" }, select: { id: true } })) ??
    (await tx.instanceType.create({
      // Its sizes are nobody's: what runs there is not ours.
      data: {
        id: newId("typ"),
        regionId: region.id,
        name: "endpoint",
        cpuMilli: 1,
        memoryBytes: 1n,
        parallel: 1,
        enabled: false,
        sortOrder: 10,
      },
      select: { id: true },
    }));
  return { regionId: region.id, instanceTypeId: type.id };
}
