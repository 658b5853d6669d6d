import { AppError } from "#lib/errors.ts";
import type { RegionDriver } from "#prisma/generated/client.ts";
import { currentHourPrices } from "../catalog/current-prices.ts";
import type { Context } from "../context.ts";

/**
 * Where instances are to run: the region's driver and the instance type's name. The type must be one of the region's, open, and priced: no instance runs for nothing by accident.
 * Throws `invalid_value` (`regionId`, `instanceTypeId`).
 */
export async function checkPlace(
  ctx: Context,
  { regionId, instanceTypeId }: { regionId: string; instanceTypeId: string },
): Promise<{ driver: RegionDriver; typeName: string }> {
  const region = await ctx.db.region.findFirst({ where: { id: regionId, enabled: true }, select: { name: true, driver: true } });
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
  return { driver: region.driver, typeName: type.name };
}
