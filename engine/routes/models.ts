import type { Handle } from "../http/exchange.ts";
import { sendJson } from "../http/reply.ts";
import type { Instance } from "./instance.ts";

/** GET /v1/models: the one model that this process serves. */
export function models(instance: Instance): Handle {
  return async ({ response }) => {
    const { name, contextTokens } = instance.identity;
    const model = { id: name, object: "model", created: instance.startedSeconds, owned_by: "hydra", max_model_len: contextTokens };
    sendJson(response, 200, { object: "list", data: [model] });
  };
}
