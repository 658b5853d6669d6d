import type { OpenAiModel, OpenAiModelList } from "#lib/contracts/openai/model-list.ts";
import { findVisible } from "../policies/admit.ts";
import { authenticate } from "../policies/authenticate.ts";
import type { CallableService, Catalog, Metering, Principal, Principals } from "../ports.ts";
import { type Exchange, sendJson } from "./exchange.ts";

export interface ModelsDeps {
  principals: Principals;
  secret: string;
  catalog: Catalog;
  metering: Metering;
}

/** `GET /v1/models`: what can be called at this moment, the public models first. */
export async function listModels(exchange: Exchange, deps: ModelsDeps): Promise<void> {
  const principal = await caller(exchange, deps);
  const services = await deps.catalog.visibleTo(principal.workspaceId);
  const data = services.filter(isCallable).map(modelOf);
  sendJson(exchange, 200, { object: "list", data } satisfies OpenAiModelList);
}

/** `GET /v1/models/{owner}/{name}`: one model that the caller may see. Throws `model_not_found`. */
export async function retrieveModel(exchange: Exchange, deps: ModelsDeps, name: string): Promise<void> {
  const principal = await caller(exchange, deps);
  sendJson(exchange, 200, modelOf(await findVisible(name, principal, deps.catalog)));
}

async function caller(exchange: Exchange, deps: ModelsDeps): Promise<Principal> {
  const principal = await authenticate(exchange.request.headers.authorization, deps);
  if (principal.keyId) deps.metering.keyUsed(principal.keyId);
  return principal;
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
