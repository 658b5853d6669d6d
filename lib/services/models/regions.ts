import type { RegionOption } from "#lib/contracts/models.ts";
import { currentHourPrices } from "../catalog/current-prices.ts";
import type { Context } from "../context.ts";

const deployable = ["local", "kubernetes"] as const;

/** Where a service can be deployed: enabled regions of ours with their enabled instance types and what an hour of one costs now. */
export async function listRegions({ ctx }: { ctx: Context }): Promise<{ items: RegionOption[] }> {
  const [regions, prices] = await Promise.all([
    ctx.db.region.findMany({
      // Endpoints of others are what their operator adds, nothing that can be deployed on.
      where: { enabled: true, driver: { in: [...deployable] } },
      orderBy: { name: "asc" },
      include: { instanceTypes: { where: { enabled: true }, orderBy: [{ sortOrder: "asc" }, { name: "asc" }] } },
    }),
    currentHourPrices(ctx.db, ctx.now()),
  ]);
  const items = regions.map((region) => ({
    id: region.id,
    driver: region.driver === "kubernetes" ? ("kubernetes" as const) : ("local" as const),
    name: region.name,
    label: { en: region.labelEn, zh: region.labelZh },
    instanceTypes: region.instanceTypes.map((type) => ({
      id: type.id,
      name: type.name,
      cpuMilli: type.cpuMilli,
      memoryBytes: type.memoryBytes.toString(),
      gpuModel: type.gpuModel,
      gpuCount: type.gpuCount,
      parallel: type.parallel,
      hourNano: prices.get(type.id)?.toString() ?? null,
    })),
  }));
  return { items };
}
