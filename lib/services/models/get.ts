import { endpointUrl } from "#lib/config.ts";
import type { ModelDetail } from "#lib/contracts/models.ts";
import { AppError } from "#lib/errors.ts";
import type { Context } from "../context.ts";
import { modelSummaries } from "./list.ts";
import { visibleModels } from "./visible.ts";

/** One model by its slug, with the address of calls by token; `not_found` where there is none. */
export async function getModel({ ctx, input }: { ctx: Context; input: { slug: string } }): Promise<ModelDetail> {
  const [model] = await modelSummaries(ctx, { slug: input.slug });
  if (!model) throw new AppError("not_found", "There is no such model.", { param: "slug" });
  return { ...model, endpoint: endpointUrl(ctx.config, null), weights: await weightsOf(ctx, model.id) };
}

async function weightsOf(ctx: Context, modelId: string): Promise<ModelDetail["weights"]> {
  const row = await ctx.db.modelWeights.findFirst({ where: { modelId, model: visibleModels(ctx) } });
  if (!row) return null;
  const { source, hub, repository, revision, file, format, architecture, chatTemplate } = row;
  return { source, hub, repository, revision, file, format, architecture, chatTemplate, sizeBytes: row.sizeBytes?.toString() ?? null };
}
