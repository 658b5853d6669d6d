import type { PresetView } from "#lib/contracts/conversations.ts";
import { type Context, requireActor } from "../context.ts";
import { presetViewOf } from "./view.ts";

/** The user's presets by name. */
export async function listPresets({ ctx }: { ctx: Context }): Promise<{ items: PresetView[] }> {
  const { userId, workspaceId } = requireActor(ctx);
  const rows = await ctx.db.preset.findMany({ where: { userId, workspaceId }, orderBy: { name: "asc" } });
  return { items: rows.map(presetViewOf) };
}
