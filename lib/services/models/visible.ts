import type { Prisma } from "#prisma/generated/client.ts";
import type { Context } from "../context.ts";

/** The models that whoever asks may see: the catalog, and what their own workspace brought. Part of every query for models. */
export function visibleModels(ctx: Pick<Context, "actor">): Prisma.ModelWhereInput {
  const own = ctx.actor ? [{ workspaceId: ctx.actor.workspaceId }] : [];
  return { deletedAt: null, OR: [{ workspaceId: null }, ...own] };
}
