import type { RetryServiceInput, ServiceDetail } from "#lib/contracts/services.ts";
import type { Context } from "../context.ts";
import { changeWanted, type Wanted } from "./change-wanted.ts";
import { getService } from "./get.ts";
import { checkPlace } from "./place.ts";

/**
 * Has instances that wait after failures start at once, with their failures forgotten; with another instance type or number
 * of instances where these are given. What is stopped or suspended stays so. Throws `not_found`, `conflict` (changed
 * meanwhile, being deleted), `invalid_value` (instance type), `credit_balance_exhausted`.
 */
export async function retryService({ ctx, input }: { ctx: Context; input: RetryServiceInput & { id: string } }): Promise<ServiceDetail> {
  await changeWanted(ctx, input, async (seen) => {
    const { instanceTypeId = seen.instanceTypeId, instances = seen.wantedInstances } = input;
    const changed = instanceTypeId !== seen.instanceTypeId;
    const before = await typeName(ctx, seen);
    const after = changed ? (await checkPlace(ctx, { regionId: seen.regionId, instanceTypeId })).typeName : before;
    return {
      data: { instanceTypeId, wantedInstances: instances },
      event: { kind: "retry_requested", data: { from: `${seen.wantedInstances} × ${before}`, to: `${instances} × ${after}` } },
      action: "service.retry",
      costs: seen.wanted === "running" && (changed || instances > seen.wantedInstances),
      also: async (tx) => {
        await tx.instance.updateMany({ where: { serviceId: input.id, state: "backoff" }, data: { failures: 0, retryAt: null } });
      },
    };
  });
  return getService({ ctx, input });
}

async function typeName(ctx: Context, { instanceTypeId }: Wanted): Promise<string> {
  const type = await ctx.db.instanceType.findUniqueOrThrow({ where: { id: instanceTypeId }, select: { name: true } });
  return type.name;
}
