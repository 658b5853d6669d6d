import type { z } from "zod";
import type { ServiceSummary, serviceListQuery } from "#lib/contracts/services.ts";
import type { Prisma } from "#prisma/generated/client.ts";
import { currentHourPrices } from "../catalog/current-prices.ts";
import { type Context, requireActor } from "../context.ts";
import { likeText } from "../like-text.ts";
import { noneReady, readyInstances, summaryInclude, summaryOf } from "./view.ts";

export type ServiceListInput = z.output<typeof serviceListQuery>;

export interface ServicePage {
  items: ServiceSummary[];
  total: number;
  page: number;
  pageSize: number;
}

/** The workspace's services in the order asked for; `search` looks in the service's and the model's names. */
export async function listServices({ ctx, input }: { ctx: Context; input: ServiceListInput }): Promise<ServicePage> {
  const { workspaceId, workspaceName } = requireActor(ctx);
  const { page, pageSize, state, sort, order } = input;
  // A pasted access name finds its service too.
  const text = likeText(input.search.trim().replace(`${workspaceName}/`, ""));
  const contains = { contains: text, mode: "insensitive" } as const;
  const where: Prisma.ModelServiceWhereInput = {
    workspaceId,
    deletedAt: null,
    ...(state ? { state } : {}),
    ...(text ? { OR: [{ name: contains }, { model: { OR: [{ name: contains }, { slug: contains }] } }] } : {}),
  };
  const [rows, total, prices] = await Promise.all([
    ctx.db.modelService.findMany({
      where,
      include: summaryInclude,
      // The id last, so that pages never overlap.
      orderBy: [orderOf(sort, order), { id: order }],
      skip: (page - 1) * pageSize,
      take: pageSize,
    }),
    ctx.db.modelService.count({ where }),
    currentHourPrices(ctx.db, ctx.now()),
  ]);
  const ids = rows.map((row) => row.id);
  const ready = await readyInstances(ctx.db, ids);
  const items = rows.map((row) => summaryOf(row, ready.get(row.id) ?? noneReady, prices.get(row.instanceTypeId) ?? null));
  return { items, total, page, pageSize };
}

function orderOf(sort: ServiceListInput["sort"], order: ServiceListInput["order"]): Prisma.ModelServiceOrderByWithRelationInput {
  if (sort === "name") return { name: order };
  return sort === "model" ? { model: { name: order } } : { createdAt: order };
}
