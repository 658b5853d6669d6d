import { type Context, requireActor } from "../context.ts";

/** Whether the workspace has no service of this name. A hint while typing: {@link deploy} alone decides. */
export async function checkName({ ctx, input }: { ctx: Context; input: { name: string } }): Promise<{ available: boolean }> {
  const { workspaceId } = requireActor(ctx);
  const found = await ctx.db.modelService.findFirst({ where: { workspaceId, name: input.name, deletedAt: null }, select: { id: true } });
  return { available: found === null };
}
