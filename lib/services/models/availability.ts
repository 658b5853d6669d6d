import type { UnavailableReason } from "#lib/contracts/models.ts";
import type { RegionDriver, WeightsFormat } from "#prisma/generated/client.ts";

/** What decides whether a model can be tried or deployed. */
export interface ModelFacts {
  offersToken: boolean;
  offersDedicated: boolean;
  /** Repository id on a model hub, from which clusters take the weights. */
  repository: string | null;
  weights: { format: WeightsFormat } | null;
  priced: boolean;
  /** Ready instances of its running public service; null where it has none. */
  publicReady: number | null;
}

type Deployable = Pick<ModelFacts, "offersDedicated" | "repository" | "weights">;

/** Why the model cannot be tried now; null where it can. A model without a price is not offered: a call must never be free by accident. */
export function tryUnavailable(model: ModelFacts): UnavailableReason | null {
  if (!model.offersToken || !model.priced) return "not_offered";
  if (model.publicReady === null) return "no_public_service";
  return model.publicReady === 0 ? "not_ready" : null;
}

/** Why the model cannot be deployed in a region with one of these drivers; null where it can. */
export function deployUnavailable(model: Deployable, drivers: Iterable<RegionDriver>): UnavailableReason | null {
  if (!model.offersDedicated) return "not_offered";
  return [...drivers].some((driver) => runsOn(driver, model)) ? null : "no_weights";
}

/** Upstream regions run what their operator has set up, never what a user deploys. */
function runsOn(driver: RegionDriver, model: Deployable): boolean {
  switch (driver) {
    case "local":
      return model.weights?.format === "gguf";
    case "kubernetes":
      return model.repository !== null || model.weights?.format === "safetensors";
    case "upstream":
      return false;
  }
}
