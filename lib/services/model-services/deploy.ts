import type { DeployInput, ServiceDetail } from "#lib/contracts/services.ts";
import type { DbLike } from "#lib/db/client.ts";
import { AppError } from "#lib/errors.ts";
import { newId } from "#lib/ids.ts";
import type { RegionDriver } from "#prisma/generated/client.ts";
import { recordAudit } from "../audit/record.ts";
import { actorName, type Context, requireActor } from "../context.ts";
import { isUniqueViolation } from "../database-errors.ts";
import { inPrepaidTransaction, withRecall } from "../instance-billing/in-prepaid-transaction.ts";
import { deployUnavailable } from "../models/availability.ts";
import { visibleModels } from "../models/visible.ts";
import { getService } from "./get.ts";
import { checkPlace } from "./place.ts";

/**
 * Asks for a new dedicated service; the deployer makes it so. Throws `not_found` (model), `model_not_available`,
 * `invalid_value` (region, instance type), `name_taken`, each with its member in `param`, and `credit_balance_exhausted`.
 */
export async function deploy({ ctx, input }: { ctx: Context; input: DeployInput }): Promise<ServiceDetail> {
  const { workspaceId, userId } = requireActor(ctx);
  const { driver } = await checkPlace(ctx, input);
  const modelId = await deployableModel(ctx, input.modelSlug, driver);
  const { name, regionId, instanceTypeId, instances } = input;
  const id = newId("svc");
  const at = ctx.now();
  try {
    const create = async (tx: DbLike) => {
      await tx.modelService.create({
        data: {
          ...{ id, workspaceId, name, modelId, regionId, instanceTypeId },
          billing: "instance",
          wantedInstances: instances,
          reason: "waiting_for_deployer",
          stateSince: at,
          createdAt: at,
          createdById: userId,
          events: { create: { kind: "service_created", actor: actorName(ctx), at } },
        },
      });
      const data = { name, model: input.modelSlug, regionId, instanceTypeId, instances };
      await recordAudit(tx, ctx, { action: "service.create", targetType: "service", targetId: id, workspaceId, data });
    };
    await withRecall(ctx, workspaceId, () => inPrepaidTransaction(ctx, workspaceId, create));
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw new AppError("name_taken", `You already have a service named "${name}". Choose another name.`, { param: "name", cause: error });
  }
  return getService({ ctx, input: { id } });
}

async function deployableModel(ctx: Context, slug: string, driver: RegionDriver): Promise<string> {
  const model = await ctx.db.model.findFirst({ where: { slug, ...visibleModels(ctx) }, include: { weights: true } });
  if (!model) throw new AppError("not_found", "There is no such model.", { param: "modelSlug" });
  const reason = deployUnavailable(model, [driver]);
  if (reason) {
    const why = reason === "no_weights" ? "nothing in this region can run it yet" : "it is not offered as a dedicated service";
    throw new AppError("model_not_available", `${model.name} cannot be deployed: ${why}.`, { param: "modelSlug", data: { reason } });
  }
  return model.id;
}
