import type { ServiceDetail } from "#lib/contracts/services.ts";

/**
 * The service as its owner left it: once its deletion was asked for it counts as deleting, also in the moment before the
 * deployer has taken that up.
 */
export function asRequested(service: ServiceDetail): ServiceDetail {
  if (service.state === "deleting" || service.state === "deleted") return service;
  const request = service.events.find((event) => event.kind === "delete_requested");
  return request ? { ...service, state: "deleting", reason: "", reasonData: {}, stateSince: request.at } : service;
}
