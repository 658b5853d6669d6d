import type { SearchResult } from "#lib/contracts/search.ts";
import type { Prisma } from "#prisma/generated/client.ts";
import type { Context } from "../context.ts";
import { likeText } from "../like-text.ts";
import { visibleModels } from "../models/visible.ts";
import { bestOf, mostResults } from "./best.ts";

/** Models that whoever asks may see, by name, slug, access name or provider, in the catalog's order among equals. */
export async function findModels(ctx: Context, text: string): Promise<SearchResult["models"]> {
  const name = likeText(text.replace(/^public\//, ""));
  const find = (where: Prisma.ModelWhereInput) =>
    ctx.db.model.findMany({
      where: { AND: [where, visibleModels(ctx)] },
      orderBy: [{ sortOrder: "asc" }, { slug: "asc" }],
      take: mostResults,
      select: { id: true, slug: true, name: true, provider: true },
    });
  const contains = { contains: name, mode: "insensitive" } as const;
  const startsWith = { startsWith: name, mode: "insensitive" } as const;
  const [beginning, holding] = await Promise.all([
    find({ OR: [{ name: startsWith }, { slug: startsWith }] }),
    find({ OR: [{ name: contains }, { slug: contains }, { provider: contains }] }),
  ]);
  return bestOf(beginning, holding).map(({ slug, name: shown, provider }) => ({ slug, name: shown, provider }));
}
