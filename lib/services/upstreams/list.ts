import type { UpstreamView } from "#lib/contracts/upstreams.ts";
import { type Context, requireOperator } from "../context.ts";
import { viewInclude, viewOf } from "./view.ts";

/** All endpoints, or those of one model, in the order in which they were added. For operators. */
export async function listUpstreams({ ctx, input }: { ctx: Context; input: { model?: string } }): Promise<{ items: UpstreamView[] }> {
  requireOperator(ctx);
  const rows = await ctx.db.upstreamEndpoint.findMany({
    where: { enabled: true, ...(input.model === undefined ? {} : { service: { model: { slug: input.model } } }) },
    include: viewInclude,
    orderBy: [{ createdAt: "asc" }, { id: "asc" }],
  });
  return { items: rows.map(viewOf) };
}
