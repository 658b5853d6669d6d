import "server-only";
import { createHubs, type Hubs } from "#lib/hub/hubs.ts";
import { runtime } from "./runtime.ts";

/** The model hubs as this installation reaches them. */
export function hubs(): Hubs {
  return createHubs(runtime().config);
}
