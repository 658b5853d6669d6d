import type { DbLike } from "#lib/db/client.ts";
import { AppError } from "#lib/errors.ts";
import { newId } from "#lib/ids.ts";
import { recordAudit } from "../audit/record.ts";
import { type Actor, type Context, requireOperator } from "../context.ts";
import { inTransaction } from "../transaction.ts";
import { insertModel, type ModelFactsFound, storable, type WeightsFound } from "./own-model.ts";

export interface ImportInput {
  weights: WeightsFound & { source: "import" };
  facts: ModelFactsFound;
  /**
   * `slug`: these are the weights of a model that is there, instead of those it has. `owner`: a new model of that user's
   * workspace. Neither: a new model that everybody sees.
   */
  target: { slug: string } | { owner: Actor | null };
}

/** Makes weights that lie in the store known to the catalog. For operators. Throws `not_found`. Returns the model's slug. */
export async function importModel({ ctx, input }: { ctx: Context; input: ImportInput }): Promise<{ slug: string }> {
  requireOperator(ctx);
  const { target, facts, weights } = input;
  return inTransaction(ctx, async (tx) => {
    const workspaceId = "slug" in target ? null : (target.owner?.workspaceId ?? null);
    const model = "slug" in target ? await replaceWeights(tx, target.slug, weights) : await insertModel(tx, workspaceId, facts, weights);
    const data = { slug: model.slug, file: weights.file };
    await recordAudit(tx, ctx, { action: "model.import", targetType: "model", targetId: model.id, workspaceId, data });
    return { slug: model.slug };
  });
}

async function replaceWeights(tx: DbLike, slug: string, weights: WeightsFound): Promise<{ id: string; slug: string }> {
  const model = await tx.model.findFirst({ where: { slug, deletedAt: null }, select: { id: true, slug: true } });
  if (!model) throw new AppError("not_found", `There is no model ${slug}. \`hydra models list\` shows all.`, { param: "model" });
  const data = { hub: null, repository: "", revision: "", ...storable(weights) };
  await tx.modelWeights.upsert({ where: { modelId: model.id }, create: { ...data, id: newId("wts"), modelId: model.id }, update: data });
  return model;
}
