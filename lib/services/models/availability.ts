import type { UnavailableReason } from "#lib/contracts/models.ts";

/** What decides whether a model can be tried or deployed. */
export interface ModelFacts {
  offersToken: boolean;
  offersDedicated: boolean;
  weightsFile: string | null;
  priced: boolean;
  /** Ready instances of its running public service; null where it has none. */
  publicReady: number | null;
}

/** Why the model cannot be tried now; null where it can. A model without a price is not offered: a call must never be free by accident. */
export function tryUnavailable(model: ModelFacts): UnavailableReason | null {
  if (!model.offersToken || !model.priced) return "not_offered";
  if (model.publicReady === null) return "no_public_service";
  return model.publicReady === 0 ? "not_ready" : null;
}

/** Why the model cannot be deployed; null where it can. */
export function deployUnavailable(model: Pick<ModelFacts, "offersDedicated" | "weightsFile">): UnavailableReason | null {
  if (!model.offersDedicated) return "not_offered";
  return model.weightsFile === null ? "no_weights" : null;
}
