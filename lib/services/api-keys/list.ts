import type { z } from "zod";
import type { ApiKeySort, ApiKeyView, apiKeyListQuery } from "#lib/contracts/api-keys.ts";
import type { Prisma } from "#prisma/generated/client.ts";
import { type Context, requireActor } from "../context.ts";
import { likeText } from "../like-text.ts";
import { withStatus } from "./status.ts";
import { viewOf, withRotation } from "./view.ts";

const shortestPart = 4;

export interface ApiKeyPage {
  items: ApiKeyView[];
  total: number;
  page: number;
  pageSize: number;
}

/** The workspace's keys that fit search and status, in the order asked for; deleted ones are not among them. */
export async function listApiKeys({ ctx, input }: { ctx: Context; input: z.output<typeof apiKeyListQuery> }): Promise<ApiKeyPage> {
  const { workspaceId } = requireActor(ctx);
  const { page, pageSize, status, sort, order } = input;
  const now = ctx.now();
  const where: Prisma.ApiKeyWhereInput = {
    workspaceId,
    revokedAt: null,
    AND: [status ? withStatus(status, now) : {}, searched(input.search.trim())],
  };
  const [rows, total] = await Promise.all([
    ctx.db.apiKey.findMany({
      where,
      include: withRotation,
      // The id last, so that pages never overlap.
      orderBy: [orderOf(sort, order), { id: order }],
      skip: (page - 1) * pageSize,
      take: pageSize,
    }),
    ctx.db.apiKey.count({ where }),
  ]);
  return { items: rows.map((row) => viewOf(row, now)), total, page, pageSize };
}

function searched(search: string): Prisma.ApiKeyWhereInput {
  if (search === "") return {};
  const contains = likeText(search);
  const byName = { name: { contains, mode: "insensitive" as const } };
  // A letter or two stand in some key by chance.
  return search.length < shortestPart ? byName : { OR: [byName, { id: { contains } }, { masked: { contains } }] };
}

/** Never used and never expiring keys come last whichever way. */
function orderOf(sort: ApiKeySort, order: "asc" | "desc"): Prisma.ApiKeyOrderByWithRelationInput {
  if (sort === "name") return { name: order };
  if (sort === "lastUsed") return { lastUsedAt: { sort: order, nulls: "last" } };
  if (sort === "expires") return { expiresAt: { sort: order, nulls: "last" } };
  return { createdAt: order };
}
