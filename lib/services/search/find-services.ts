import type { SearchResult } from "#lib/contracts/search.ts";
import type { Prisma } from "#prisma/generated/client.ts";
import { type Context, requireActor } from "../context.ts";
import { likeText } from "../like-text.ts";
import { bestOf, mostResults } from "./best.ts";

/** The workspace's services by name, model or id, the newest first among equals. */
export async function findServices(ctx: Context, text: string): Promise<SearchResult["services"]> {
  const { workspaceId, workspaceName } = requireActor(ctx);
  // A pasted access name finds its service too.
  const name = likeText(text.replace(`${workspaceName}/`, ""));
  const find = (where: Prisma.ModelServiceWhereInput) =>
    ctx.db.modelService.findMany({
      where: { ...where, workspaceId, deletedAt: null },
      orderBy: [{ createdAt: "desc" }, { id: "desc" }],
      take: mostResults,
      select: { id: true, name: true, state: true },
    });
  const contains = { contains: name, mode: "insensitive" } as const;
  const [beginning, holding] = await Promise.all([
    find({ name: { startsWith: name, mode: "insensitive" } }),
    find({ OR: [{ name: contains }, { id: text }, { model: { OR: [{ name: contains }, { slug: contains }] } }] }),
  ]);
  return bestOf(beginning, holding).map((row) => ({ ...row, accessName: `${workspaceName}/${row.name}` }));
}
