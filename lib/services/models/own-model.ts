import type { DbLike } from "#lib/db/client.ts";
import { newId } from "#lib/ids.ts";
import type { ModelKind, Prisma } from "#prisma/generated/client.ts";
import { newSlug } from "./new-slug.ts";

/** What is known of a model that comes from outside. */
export interface ModelFactsFound {
  name: string;
  provider: string;
  kind: ModelKind;
  /** Tokens. */
  contextLength: number;
  /** Empty where nobody says. */
  licence: string;
  parameters: bigint | null;
  /** The maker's repository, from which clusters take the weights; null for a file of one format alone. */
  repository: string | null;
  description: { en: string; zh: string };
}

export type WeightsFound = Omit<Prisma.ModelWeightsUncheckedCreateInput, "id" | "modelId">;

/** Longest answer that is offered unless the context is shorter. */
const usualOutputTokens = 8_192;
/** Templates are a few thousand characters; what is beyond is none. */
const maxTemplateChars = 65_536;
/** After the catalog's own models. */
const sortOrder = 10_000;

/** Writes the rows of a model that is deployed as a dedicated service alone; `workspaceId` null: everybody sees it. Returns its slug. */
export async function insertModel(
  tx: DbLike,
  workspaceId: string | null,
  facts: ModelFactsFound,
  weights: WeightsFound,
): Promise<{ id: string; slug: string }> {
  const id = newId("mdl");
  const slug = newSlug(facts.name);
  const { description, ...said } = facts;
  await tx.model.create({
    data: {
      ...{ id, slug, workspaceId, sortOrder, ...said },
      maxOutputTokens: Math.min(usualOutputTokens, facts.contextLength),
      descriptionEn: description.en,
      descriptionZh: description.zh,
      offersToken: false,
      offersDedicated: true,
      weights: { create: { ...storable(weights), id: newId("wts") } },
    },
  });
  return { id, slug };
}

/** Weights as the database takes them. */
export function storable(weights: WeightsFound): WeightsFound {
  const template = weights.chatTemplate ?? null;
  return { ...weights, chatTemplate: template === null || template.length > maxTemplateChars ? null : template };
}
