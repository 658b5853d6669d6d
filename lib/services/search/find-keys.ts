import type { SearchResult } from "#lib/contracts/search.ts";
import type { Prisma } from "#prisma/generated/client.ts";
import { type Context, requireActor } from "../context.ts";
import { likeText } from "../like-text.ts";
import { bestOf, mostResults } from "./best.ts";

/** The workspace's keys by name, id or the ends that a masked key shows, the last used first among equals. */
export async function findKeys(ctx: Context, text: string): Promise<SearchResult["keys"]> {
  const { workspaceId } = requireActor(ctx);
  const name = likeText(text);
  const find = (where: Prisma.ApiKeyWhereInput) =>
    ctx.db.apiKey.findMany({
      where: { ...where, workspaceId, revokedAt: null },
      orderBy: [{ lastUsedAt: { sort: "desc", nulls: "last" } }, { createdAt: "desc" }, { id: "desc" }],
      take: mostResults,
      select: { id: true, name: true, masked: true },
    });
  const [beginning, holding] = await Promise.all([
    find({ name: { startsWith: name, mode: "insensitive" } }),
    find({ OR: [{ name: { contains: name, mode: "insensitive" } }, { id: text }, { masked: { contains: name } }] }),
  ]);
  return bestOf(beginning, holding);
}
