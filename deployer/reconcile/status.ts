import type { Obstacle } from "../drivers/driver.ts";
import { goalOf, type InstanceRow, isCurrent, type ReasonData, type ServiceRow, type ServiceStatus, targetOf } from "./snapshot.ts";
import { reasonTable } from "./state-table.ts";

/** What a service's row should say, given its instances. Pure, and the same answer for the same rows. */
export function serviceStatus(service: ServiceRow, instances: readonly InstanceRow[]): ServiceStatus {
  const live = instances.filter((row) => row.state !== "stopped");
  if (goalOf(service) !== "running") return ending(service, live);

  const kept = live.filter((row) => row.state !== "draining");
  const wanted = targetOf(service);
  const ready = kept.filter((row) => row.state === "ready").length;
  const counts = { ready, wanted };
  const says = status(service.observedGeneration);
  if (wanted === 0) return says("failed", "upstream_unreachable", { detail: "no endpoint is enabled", retryInSeconds: 0 });
  const current = kept.every((row) => isCurrent(service, row));
  if (current && ready === wanted && kept.length === ready) {
    return live.length > kept.length ? says("scaling", "draining") : status(service.generation)("running", "");
  }

  const changing = service.generation !== service.observedGeneration;
  const troubled = kept.filter((row) => row.state !== "ready" && row.reason !== "" && (row.failures > 0 || isHeld(row))).sort(worstFirst);
  const worst = troubled[0];
  if (worst) return says(troubledState(worst, troubled.length === kept.length, ready, changing), worst.reason, worst.reasonData);
  if (ready === 0) {
    return kept.some((row) => row.state === "starting")
      ? says("starting", "instances_starting", counts)
      : says("pending", "waiting_for_deployer");
  }
  if (service.observedGeneration === 0) return says("starting", "instances_starting", counts);
  return changing ? says("scaling", "instances_starting", counts) : says("degraded", "some_not_ready", counts);
}

/** The same while the region cannot be reached: nothing is known of the instances but their rows, and nothing can be done. */
export function unreachableStatus(service: ServiceRow, instances: readonly InstanceRow[], obstacle: Obstacle): ServiceStatus {
  const said = serviceStatus(service, instances);
  if (["stopped", "suspended", "deleted"].includes(said.state)) return said;
  const ready = instances.some((row) => row.state === "ready");
  const state = goalOf(service) !== "running" ? said.state : ready ? "degraded" : "pending";
  return { state, ...obstacleOf(obstacle), observedGeneration: service.observedGeneration };
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

function troubledState(worst: InstanceRow, all: boolean, ready: number, changing: boolean): ServiceStatus["state"] {
  const { holds } = reasonTable[worst.reason];
  const held = isHeld(worst) ? holds : null;
  if (all && held) return held;
  if (all && worst.failures > 1) return "failed";
  if (ready === 0) return changing ? "starting" : "degraded";
  return changing && held && held !== "failed" ? "scaling" : "degraded";
}

function ending(service: ServiceRow, live: readonly InstanceRow[]): ServiceStatus {
  const done = status(service.generation);
  const going = status(service.observedGeneration);
  switch (goalOf(service)) {
    case "deleted":
      return live.length === 0 ? done("deleted", "") : going("deleting", "draining");
    case "suspended":
      return live.length === 0 ? done("suspended", "arrears") : going("stopping", "arrears");
    default:
      return live.length === 0 ? done("stopped", "") : going("stopping", "draining");
  }
}

/** Kept from getting on by an obstacle rather than by its own failures. */
function isHeld(row: InstanceRow): boolean {
  return (row.state === "pending" || row.state === "starting") && reasonTable[row.reason].holds !== null;
}

function worstFirst(a: InstanceRow, b: InstanceRow): number {
  return Number(isHeld(b)) - Number(isHeld(a)) || b.failures - a.failures || (a.id < b.id ? -1 : 1);
}

function obstacleOf({ reason, data }: Obstacle): Pick<ServiceStatus, "reason" | "reasonData"> {
  return { reason, reasonData: data };
}

function status(observedGeneration: number) {
  return (state: ServiceStatus["state"], reason: ServiceStatus["reason"], reasonData: ReasonData = {}): ServiceStatus => ({
    state,
    reason,
    reasonData,
    observedGeneration,
  });
}
