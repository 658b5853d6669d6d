import { AppError } from "#lib/errors.ts";
import { redactKeys } from "#lib/observability/logger.ts";
import type { Balances, CallableService, Catalog, Metering, Principal } from "../ports.ts";
import { notReady } from "./not-ready.ts";

const accessName = /^([a-z][a-z0-9-]{1,63})\/([a-z][a-z0-9.-]{0,62}[a-z0-9])$/;

export interface AdmitDeps {
  catalog: Catalog;
  balances: Balances;
  metering: Metering;
}

/** The service of that name, where this caller may see it; another's and a nonexistent one are the same 404. */
export async function findVisible(model: string, principal: Principal, catalog: Catalog): Promise<CallableService> {
  const name = accessName.exec(model);
  const service = name ? await catalog.find(name[1] as string, name[2] as string) : null;
  if (service && (service.isPublic || service.workspaceId === principal.workspaceId)) return service;
  throw new AppError(
    "model_not_found",
    `The model '${redactKeys(model.slice(0, 200))}' does not exist, or you have no access to it. GET /v1/models lists what you can call.`,
    { param: "model" },
  );
}

/**
 * The service that a call may go to. In this order: model, rights, endpoint, price, readiness, balance; who passes all
 * of them is admitted, and every admitted call leaves a usage record.
 */
export async function admit(model: string, principal: Principal, deps: AdmitDeps): Promise<CallableService> {
  const service = await findVisible(model, principal, deps.catalog);
  checkKind(service);
  if (service.billing === "token" && !service.price) {
    throw new AppError(
      "model_not_priced",
      `The model ${service.accessName} has no price yet, so it cannot be called. Ask your operator to set one.`,
      {
        param: "model",
      },
    );
  }
  if (service.wanted !== "running" || service.instances.length === 0) throw notReady(service);
  if (!deps.metering.hasRoom()) {
    throw new AppError("billing_unavailable", "Usage cannot be recorded at this moment. Try again shortly.", { retryAfterSeconds: 5 });
  }
  if (service.billing === "token" && (await deps.balances.read(principal.workspaceId)) <= 0n) {
    throw new AppError("credit_balance_exhausted", "Your balance is used up. Add credit on the console's billing page, then call again.");
  }
  return service;
}

function checkKind(service: CallableService): void {
  const right = { embedding: "/v1/embeddings", image_generation: "/v1/images/generations" };
  const { kind } = service.model;
  if (kind !== "embedding" && kind !== "image_generation") return;
  throw new AppError("model_not_found", `The model ${service.accessName} writes no text. Call it at POST ${right[kind]}.`, {
    param: "model",
  });
}
