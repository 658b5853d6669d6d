import { goalOf, type InstanceRow, isCurrent, type ServiceRow, targetOf } from "./snapshot.ts";

/** So many more than wanted may serve for a moment while instances of another type take over. */
export const surge = 1;

export interface Replicas {
  /** Ids of rows that are one too many. */
  leaving: ReadonlySet<string>;
  /** An entry for each row that is missing: the endpoint it is for, or null. */
  missing: readonly (string | null)[];
}

/** Which instances leave and how many come, given what is wanted. Pure. */
export function replicas(service: ServiceRow, instances: readonly InstanceRow[]): Replicas {
  const kept = instances.filter((row) => row.state !== "draining" && row.state !== "stopped");
  if (goalOf(service) !== "running") return { leaving: idsOf(kept), missing: [] };
  return service.places ? standing(service.places, kept, instances) : anywhere(service, kept);
}

/**
 * Instances of a former type serve on until as many new ones are ready, one by one; of those that do not serve, none is kept.
 * Never more than wanted + {@link surge} can become ready.
 */
function anywhere(service: ServiceRow, kept: readonly InstanceRow[]): Replicas {
  const wanted = targetOf(service);
  const current = kept.filter((row) => isCurrent(service, row)).sort(worstFirst);
  const former = kept.filter((row) => !isCurrent(service, row)).sort(worstFirst);
  const servingFormer = former.filter((row) => row.state === "ready");
  const ready = current.filter((row) => row.state === "ready").length;
  const formerKept = Math.max(0, Math.min(servingFormer.length, wanted - ready));
  const room = formerKept > 0 ? wanted + surge - formerKept : wanted;
  const currentKept = Math.min(current.length, wanted, Math.max(ready, room));
  return {
    leaving: idsOf([
      ...current.slice(0, current.length - currentKept),
      ...former.filter((row) => row.state !== "ready"),
      ...servingFormer.slice(0, servingFormer.length - formerKept),
    ]),
    missing: Array.from({ length: Math.max(0, Math.min(wanted, room) - currentKept) }, () => null),
  };
}

/** One instance for each endpoint; the next one only once the last one of that endpoint has ended. */
function standing(places: readonly string[], kept: readonly InstanceRow[], instances: readonly InstanceRow[]): Replicas {
  const taken = new Set<string>();
  const leaving = new Set<string>();
  for (const row of kept.toSorted(worstFirst).reverse()) {
    const place = row.upstreamEndpointId;
    if (place !== null && places.includes(place) && !taken.has(place)) taken.add(place);
    else leaving.add(row.id);
  }
  const occupied = new Set(instances.filter((row) => row.state !== "stopped").map((row) => row.upstreamEndpointId));
  return { leaving, missing: places.filter((place) => !occupied.has(place)) };
}

/** Those not ready first, then the newest. */
function worstFirst(a: InstanceRow, b: InstanceRow): number {
  return progress(a) - progress(b) || b.createdAt.getTime() - a.createdAt.getTime() || (a.id < b.id ? 1 : -1);
}

function progress(row: InstanceRow): number {
  return row.state === "ready" ? 2 : row.state === "starting" ? 1 : 0;
}

function idsOf(rows: readonly InstanceRow[]): Set<string> {
  return new Set(rows.map((row) => row.id));
}
