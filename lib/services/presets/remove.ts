import { AppError } from "#lib/errors.ts";
import { type Context, requireActor } from "../context.ts";

/** Deletes a preset; conversations keep the values they took from it. `not_found` for another user's. */
export async function removePreset({ ctx, input }: { ctx: Context; input: { id: string } }): Promise<void> {
  const { userId, workspaceId } = requireActor(ctx);
  const { count } = await ctx.db.preset.deleteMany({ where: { id: input.id, userId, workspaceId } });
  if (count === 0) throw new AppError("not_found", "There is no such preset.");
}
