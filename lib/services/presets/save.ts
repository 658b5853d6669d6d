import type { z } from "zod";
import type { PresetView, savePresetInput } from "#lib/contracts/conversations.ts";
import { AppError } from "#lib/errors.ts";
import { newId } from "#lib/ids.ts";
import { type Context, requireActor } from "../context.ts";
import { presetViewOf } from "./view.ts";

const maxPresets = 100;

/**
 * Keeps a preset; one of the same name is replaced. They are kept here rather than in the browser, because people work
 * at more than one machine. `conflict` where the user has as many as one may.
 */
export async function savePreset({ ctx, input }: { ctx: Context; input: z.output<typeof savePresetInput> }): Promise<PresetView> {
  const { userId, workspaceId } = requireActor(ctx);
  const { name, ...values } = input;
  const others = await ctx.db.preset.count({ where: { userId, workspaceId, name: { not: name } } });
  if (others >= maxPresets) throw new AppError("conflict", `There can be at most ${maxPresets} presets. Delete one first.`);
  const row = await ctx.db.preset.upsert({
    where: { userId_workspaceId_name: { userId, workspaceId, name } },
    create: { id: newId("pst"), userId, workspaceId, name, ...values, createdAt: ctx.now() },
    update: values,
  });
  return presetViewOf(row);
}
