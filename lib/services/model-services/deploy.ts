import type { DeployInput, ServiceDetail } from "#lib/contracts/services.ts";
import { AppError } from "#lib/errors.ts";
import { newId } from "#lib/ids.ts";
import { recordAudit } from "../audit/record.ts";
import { currentHourPrices } from "../catalog/current-prices.ts";
import { actorName, type Context, requireActor } from "../context.ts";
import { isUniqueViolation } from "../database-errors.ts";
import { deployUnavailable } from "../models/availability.ts";
import { inTransaction } from "../transaction.ts";
import { getService } from "./get.ts";

/**
 * Asks for a new dedicated service; the deployer makes it so. Throws `not_found` (model), `model_not_available`,
 * `invalid_value` (region, instance type), `name_taken`; each names its member in `param`.
 */
export async function deploy({ ctx, input }: { ctx: Context; input: DeployInput }): Promise<ServiceDetail> {
  const { workspaceId, userId } = requireActor(ctx);
  const modelId = await deployableModel(ctx, input.modelSlug);
  await checkPlace(ctx, input);
  const { name, regionId, instanceTypeId, instances } = input;
  const id = newId("svc");
  const at = ctx.now();
  try {
    await inTransaction(ctx, async (tx) => {
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
    });
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw new AppError("name_taken", `You already have a service named "${name}". Choose another name.`, { param: "name", cause: error });
  }
  return getService({ ctx, input: { id } });
}

async function deployableModel(ctx: Context, slug: string): Promise<string> {
  const model = await ctx.db.model.findUnique({ where: { slug } });
  if (!model) throw new AppError("not_found", "There is no such model.", { param: "modelSlug" });
  const reason = deployUnavailable(model);
  if (reason) {
    const why = reason === "no_weights" ? "nothing in this installation can run it yet" : "it is not offered as a dedicated service";
    throw new AppError("model_not_available", `${model.name} cannot be deployed: ${why}.`, { param: "modelSlug", data: { reason } });
  }
  return model.id;
}

/** The instance type must be one of the region's, both open, and priced: no instance runs for nothing by accident. */
async function checkPlace(ctx: Context, { regionId, instanceTypeId }: DeployInput): Promise<void> {
  const region = await ctx.db.region.findFirst({ where: { id: regionId, enabled: true }, select: { name: true } });
  if (!region) throw new AppError("invalid_value", "There is no such region. Choose one from the list.", { param: "regionId" });
  const type = await ctx.db.instanceType.findFirst({ where: { id: instanceTypeId, regionId, enabled: true }, select: { name: true } });
  if (!type) {
    throw new AppError("invalid_value", `Region ${region.name} has no such instance type. Choose one from its list.`, {
      param: "instanceTypeId",
    });
  }
  const prices = await currentHourPrices(ctx.db, ctx.now());
  if (!prices.has(instanceTypeId)) {
    throw new AppError("invalid_value", `Instance type ${type.name} has no price yet. Choose another one.`, { param: "instanceTypeId" });
  }
}
