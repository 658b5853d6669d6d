import type { CreateOwnModelInput } from "#lib/contracts/models.ts";
import type { Hub } from "#lib/hub/hub.ts";
import type { ModelFactsFound, WeightsFound } from "./own-model.ts";

export interface HubModel {
  facts: ModelFactsFound;
  weights: WeightsFound;
}

/** What screens say of a model from a hub, whatever its format. */
export function commonFacts(hub: Hub, input: CreateOwnModelInput): Pick<ModelFactsFound, "name" | "provider" | "description"> {
  const [owner = "", name = ""] = input.repository.split("/");
  const site = hub.name === "modelscope" ? "ModelScope" : "Hugging Face";
  return {
    name: input.name ?? name,
    provider: owner,
    description: { en: `Brought from ${input.repository} on ${site}.`, zh: `来自 ${site} 的 ${input.repository}。` },
  };
}
