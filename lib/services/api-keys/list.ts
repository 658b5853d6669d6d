import type { z } from "zod";
import type { ApiKeyView, apiKeyListQuery } from "#lib/contracts/api-keys.ts";
import type { Prisma } from "#prisma/generated/client.ts";
import { type Context, requireActor } from "../context.ts";
import { likeText } from "../like-text.ts";
import { viewOf } from "./view.ts";

export interface ApiKeyPage {
  items: ApiKeyView[];
  total: number;
  page: number;
  pageSize: number;
}

/** The workspace's keys, newest first; deleted ones are not among them. */
export async function listApiKeys({ ctx, input }: { ctx: Context; input: z.output<typeof apiKeyListQuery> }): Promise<ApiKeyPage> {
  const { workspaceId } = requireActor(ctx);
  const { page, pageSize } = input;
  const text = likeText(input.search.trim());
  const where: Prisma.ApiKeyWhereInput = {
    workspaceId,
    revokedAt: null,
    ...(text ? { name: { contains: text, mode: "insensitive" } } : {}),
  };
  const [rows, total] = await Promise.all([
    ctx.db.apiKey.findMany({ where, orderBy: [{ createdAt: "desc" }, { id: "desc" }], skip: (page - 1) * pageSize, take: pageSize }),
    ctx.db.apiKey.count({ where }),
  ]);
  return { items: rows.map((row) => viewOf(row, ctx.now())), total, page, pageSize };
}
