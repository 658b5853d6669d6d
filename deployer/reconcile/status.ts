import type { InstanceRow, ReasonData, ServiceRow, ServiceStatus } from "./snapshot.ts";

/** What a service's row should say, given its instances. Pure, and the same answer for the same rows. */
export function serviceStatus(service: ServiceRow, instances: readonly InstanceRow[]): ServiceStatus {
  const live = instances.filter((row) => row.state !== "stopped");
  if (service.wanted !== "running") return ending(service, live);

  const kept = live.filter((row) => row.state !== "draining");
  const ready = kept.filter((row) => row.state === "ready").length;
  const counts = { ready, wanted: service.wantedInstances };
  const says = status(service.observedGeneration);
  if (ready === service.wantedInstances && kept.length === ready) {
    return live.length > kept.length ? says("scaling", "draining") : status(service.generation)("running", "");
  }

  const troubled = kept.filter((row) => row.state !== "ready" && (row.failures > 0 || row.state === "backoff")).sort(worstFirst);
  const worst = troubled[0];
  const changing = service.generation !== service.observedGeneration;
  if (worst) {
    const hopeless = troubled.length === kept.length && (worst.failures > 1 || isHeld(worst));
    const state = hopeless ? "failed" : ready === 0 && changing ? "starting" : "degraded";
    return says(state, worst.reason, worst.reasonData);
  }
  if (ready === 0) {
    return kept.some((row) => row.state === "starting")
      ? says("starting", "instances_starting", counts)
      : says("pending", "waiting_for_deployer");
  }
  if (service.observedGeneration === 0) return says("starting", "instances_starting", counts);
  return changing ? says("scaling", "instances_starting", counts) : says("degraded", "some_not_ready", counts);
}

/** Whether two say the same, so that nothing need be written. Data from the database comes with its members in any order. */
export function sameStatus(a: ServiceStatus, b: ServiceStatus): boolean {
  return (
    a.state === b.state && a.reason === b.reason && a.observedGeneration === b.observedGeneration && sameData(a.reasonData, b.reasonData)
  );
}

export function sameData(a: ReasonData, b: ReasonData): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}

function ending(service: ServiceRow, live: readonly InstanceRow[]): ServiceStatus {
  const deleted = service.wanted === "deleted";
  if (live.length === 0) return status(service.generation)(deleted ? "deleted" : "stopped", "");
  return status(service.observedGeneration)(deleted ? "deleting" : "stopping", "draining");
}

/** Held back by an obstacle rather than by its own failures. */
function isHeld(row: InstanceRow): boolean {
  return row.state === "backoff" && row.retryAt === null;
}

function worstFirst(a: InstanceRow, b: InstanceRow): number {
  return Number(isHeld(b)) - Number(isHeld(a)) || b.failures - a.failures || (a.id < b.id ? -1 : 1);
}

function status(observedGeneration: number) {
  return (state: ServiceStatus["state"], reason: ServiceStatus["reason"], reasonData: ReasonData = {}): ServiceStatus => ({
    state,
    reason,
    reasonData,
    observedGeneration,
  });
}
