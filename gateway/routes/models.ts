import type { OpenAiModel, OpenAiModelList } from "#lib/contracts/openai/model-list.ts";
import { checkModelAllowed, findVisible, isAllowed } from "../policies/find-service.ts";
import { isServedAt } from "../policies/host.ts";
import type { CallableService, Catalog } from "../ports.ts";
import { type CallerDeps, identify, tellLimits } from "./caller.ts";
import { type Exchange, sendJson } from "./exchange.ts";

export interface ModelsDeps extends CallerDeps {
  catalog: Catalog;
  /** `HYDRA_DOMAIN`. */
  domain: string;
}

/** `GET /v1/models`: what can be called with this key, here, at this moment; the public models first. */
export async function listModels(exchange: Exchange, deps: ModelsDeps): Promise<void> {
  const { principal, endpoint } = await identify(exchange, deps);
  tellLimits(exchange, principal, deps.limiter);
  const data = deps.catalog
    .visibleTo(principal.workspaceId)
    .filter((service) => isCallable(service) && isServedAt(service, endpoint) && isAllowed(service, principal.rules))
    .map(modelOf);
  sendJson(exchange, 200, { object: "list", data } satisfies OpenAiModelList);
}

/** `GET /v1/models/{owner}/{name}`: one model that the caller may see. Throws `model_not_found`, `model_not_allowed`. */
export async function retrieveModel(exchange: Exchange, deps: ModelsDeps, name: string): Promise<void> {
  const asker = await identify(exchange, deps);
  tellLimits(exchange, asker.principal, deps.limiter);
  const service = findVisible(name, asker, deps);
  checkModelAllowed(service, asker.principal.rules);
  sendJson(exchange, 200, modelOf(service));
}

function isCallable(service: CallableService): boolean {
  return service.wanted === "running" && service.instances.length > 0 && (service.billing === "instance" || service.price !== null);
}

function modelOf(service: CallableService): OpenAiModel {
  return {
    id: service.accessName,
    object: "model",
    created: Math.floor(service.createdAt.getTime() / 1000),
    owned_by: service.accessName.split("/")[0] as string,
  };
}
