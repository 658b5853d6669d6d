import { AppError } from "#lib/errors.ts";
import { redactKeys } from "#lib/observability/logger.ts";
import type { CallableService, Catalog, KeyRules, Principal } from "../ports.ts";
import { type Endpoint, endpointFor, isServedAt } from "./host.ts";

/** Who asks, where, and on what installation. */
export interface Asker {
  principal: Principal;
  endpoint: Endpoint;
}

/**
 * The service of that name, where this caller may see it; another's and a nonexistent one are the same 404. Asked for
 * at an endpoint that does not serve it, the 404 names the one that does.
 */
export function findVisible(model: string, { principal, endpoint }: Asker, deps: { catalog: Catalog; domain: string }): CallableService {
  const service = deps.catalog.find(model);
  if (!service || !(service.isPublic || service.workspaceId === principal.workspaceId)) {
    throw notFound(
      `The model '${redactKeys(model.slice(0, 200))}' does not exist, or you have no access to it. GET /v1/models lists what you can call.`,
    );
  }
  if (!isServedAt(service, endpoint)) {
    throw notFound(`The model ${service.accessName} is not served here. Call it at ${endpointFor(service, deps.domain)}.`);
  }
  return service;
}

/** What a route's models do. */
export type Purpose = "text" | "embedding" | "image";

const purposeOf = { text_generation: "text", image_understanding: "text", embedding: "embedding", image_generation: "image" } as const;
const addressOf = { text: "/v1/chat/completions", embedding: "/v1/embeddings", image: "/v1/images/generations" };
const verbOf = { text: "writes no text", embedding: "makes no embeddings", image: "makes no images" };

/** Throws `model_not_found` with the right address where the model is for another purpose than the route's. */
export function checkPurpose(service: CallableService, purpose: Purpose): void {
  const own = purposeOf[service.model.kind];
  if (own === purpose) return;
  throw notFound(`The model ${service.accessName} ${verbOf[purpose]}. Call it at POST ${addressOf[own]}.`);
}

/** Throws `model_not_allowed` where the key is for other models. */
export function checkModelAllowed(service: CallableService, rules: KeyRules | null): void {
  if (isAllowed(service, rules)) return;
  throw new AppError(
    "model_not_allowed",
    `This API key may not call ${service.accessName}. GET /v1/models lists what it may call; its owner can allow more.`,
    { param: "model" },
  );
}

export function isAllowed(service: CallableService, rules: KeyRules | null): boolean {
  return rules?.allowedModels?.includes(service.accessName) ?? true;
}

function notFound(message: string): AppError {
  return new AppError("model_not_found", message, { param: "model" });
}
