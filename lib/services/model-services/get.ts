import { endpointUrl } from "#lib/config.ts";
import type { ServiceDetail } from "#lib/contracts/services.ts";
import { AppError } from "#lib/errors.ts";
import { currentHourPrices } from "../catalog/current-prices.ts";
import { type Context, requireActor } from "../context.ts";
import { readServiceCost } from "../instance-billing/service-cost.ts";
import { atOneMoment } from "../transaction.ts";
import { eventViewsOf, instanceViewOf, readyOf, shownState, summaryInclude, summaryOf } from "./view.ts";

const eventsShown = 50;

/**
 * One service of the workspace, with its live instances (oldest first) and its latest events (newest first).
 * `not_found` for another workspace's, a deleted one, and one that never was.
 */
export async function getService({ ctx, input }: { ctx: Context; input: { id: string } }): Promise<ServiceDetail> {
  const { workspaceId, userId } = requireActor(ctx);
  // Prisma reads relations in queries of their own: state, instances and events must be of one moment.
  const row = await atOneMoment(ctx, (tx) =>
    tx.modelService.findFirst({
      where: { id: input.id, workspaceId, deletedAt: null },
      include: {
        ...summaryInclude,
        instances: {
          where: { state: { not: "stopped" } },
          orderBy: [{ createdAt: "asc" }, { id: "asc" }],
          include: { instanceType: { select: { name: true } } },
        },
        events: { orderBy: { id: "desc" }, take: eventsShown },
      },
    }),
  );
  if (!row) throw serviceNotFound();
  const prices = await currentHourPrices(ctx.db, ctx.now());
  const summary = summaryOf(row, readyOf(row.instances), prices.get(row.instanceTypeId) ?? null);
  const askedBy: string[] = shownState(row)?.askedBy ?? [];
  const asked = row.events.find((event) => askedBy.includes(event.kind));
  const { costNano, openIntervals, openHourNano } = await readServiceCost(ctx.db, row.id);
  return {
    ...summary,
    stateSince: asked?.at.toISOString() ?? summary.stateSince,
    endpoint: endpointUrl(ctx.config, row.billing === "token" ? null : row.region.name),
    modelContextLength: row.model.contextLength,
    regionId: row.regionId,
    instanceTypeId: row.instanceTypeId,
    costNano: costNano.toString(),
    openIntervals,
    openHourNano: openHourNano.toString(),
    instances: row.instances.map(instanceViewOf),
    events: row.events.flatMap((event) => eventViewsOf(event, userId)),
  };
}

export function serviceNotFound(): AppError {
  return new AppError("not_found", "There is no such service.");
}
