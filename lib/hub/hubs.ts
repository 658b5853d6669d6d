import type { Config } from "../config.ts";
import type { Hub, HubName } from "./hub.ts";
import { createHuggingFace } from "./hugging-face.ts";
import { createModelScope } from "./modelscope.ts";

export type Hubs = Readonly<Record<HubName, Hub>>;

/** The hubs as this installation reaches them. */
export function createHubs(config: Pick<Config, "hfEndpoint" | "hfToken" | "modelscopeEndpoint">): Hubs {
  return {
    huggingface: createHuggingFace({ endpoint: config.hfEndpoint, token: config.hfToken }),
    modelscope: createModelScope({ endpoint: config.modelscopeEndpoint }),
  };
}
