import type { z } from "zod";
import type { ServiceSummary, serviceListQuery } from "#lib/contracts/services.ts";
import type { Prisma } from "#prisma/generated/client.ts";
import { currentHourPrices } from "../catalog/current-prices.ts";
import { type Context, requireActor } from "../context.ts";
import { likeText } from "../like-text.ts";
import { readyCounts, summaryInclude, summaryOf } from "./view.ts";

export type ServiceListInput = z.output<typeof serviceListQuery>;

export interface ServicePage {
  items: ServiceSummary[];
  total: number;
  page: number;
  pageSize: number;
}

/** The workspace's services, newest first; `search` looks in the service's and the model's names. */
export async function listServices({ ctx, input }: { ctx: Context; input: ServiceListInput }): Promise<ServicePage> {
  const { workspaceId, workspaceName } = requireActor(ctx);
  const { page, pageSize, state } = input;
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
      orderBy: [{ createdAt: "desc" }, { id: "desc" }],
      skip: (page - 1) * pageSize,
      take: pageSize,
    }),
    ctx.db.modelService.count({ where }),
    currentHourPrices(ctx.db, ctx.now()),
  ]);
  const ids = rows.map((row) => row.id);
  const ready = await readyCounts(ctx.db, ids);
  const items = rows.map((row) => summaryOf(row, ready.get(row.id) ?? 0, prices.get(row.instanceTypeId) ?? null));
  return { items, total, page, pageSize };
}
