import type { Tone } from "#components/ui/status.tsx";
import type { InstanceState, ServiceState } from "#lib/contracts/services.ts";

export const serviceTone: Record<ServiceState, Tone> = {
  pending: "info",
  downloading: "info",
  starting: "info",
  running: "good",
  scaling: "info",
  degraded: "warn",
  failed: "bad",
  stopping: "info",
  stopped: "idle",
  suspended: "bad",
  deleting: "info",
  deleted: "idle",
};

export const instanceTone: Record<InstanceState, Tone> = {
  pending: "info",
  starting: "info",
  ready: "good",
  draining: "info",
  backoff: "bad",
  stopped: "idle",
};

const movingServices: ReadonlySet<ServiceState> = new Set(["pending", "downloading", "starting", "scaling", "stopping", "deleting"]);
const movingInstances: ReadonlySet<InstanceState> = new Set(["pending", "starting", "draining"]);

/** On its way to another state by itself: its dot pulses. */
export function isMoving(state: ServiceState): boolean {
  return movingServices.has(state);
}

export function isInstanceMoving(state: InstanceState): boolean {
  return movingInstances.has(state);
}

/** Worth asking for again soon: on its way, or short of what was asked for. */
export function isChanging(service: { state: ServiceState; readyInstances: number; wantedInstances: number }): boolean {
  if (isMoving(service.state) || service.state === "degraded") return true;
  return service.state === "running" && service.readyInstances !== service.wantedInstances;
}
