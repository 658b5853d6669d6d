import { AppError } from "#lib/errors.ts";
import type { CallableService, InstanceTarget } from "../ports.ts";
import { UpstreamFailure } from "./failure.ts";

/** Where a route of ours, e.g. `/v1/embeddings`, is at an instance. */
export function pathAt({ upstream }: InstanceTarget, route: string): string {
  return upstream ? upstream.basePath + route.slice("/v1".length) : route;
}

/**
 * What is sent to each of a service's instances. Ours all know the model by its access name: their text is written once, and
 * what it was made from is not kept for as long as the call runs.
 */
export function bodyWriter(
  { instances, accessName }: Pick<CallableService, "instances" | "accessName">,
  write: (model: string) => string,
): (instance: InstanceTarget) => string {
  if (!instances[0]?.upstream) return always(write(accessName));
  return ({ upstream }) => write(upstream?.model ?? accessName);
}

function always(text: string): () => string {
  return () => text;
}

/** Every instance has as many calls as it may. */
export function overloaded(): UpstreamFailure {
  const error = new AppError("instance_overloaded", "All instances of this service are busy. Try again shortly.", { retryAfterSeconds: 1 });
  return new UpstreamFailure(error, "none");
}
