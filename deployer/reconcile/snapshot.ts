import type { InstanceState, ServiceState, StateReason } from "#lib/contracts/services.ts";
import type { InstanceSpec } from "../drivers/driver.ts";

export type ReasonData = Record<string, string | number>;

/** Which kind of place a region is. */
export type DriverName = "local" | "kubernetes" | "upstream";

/** An instance's row, as far as the deployer reads it. */
export interface InstanceRow {
  id: string;
  /** The type it was made with; the service's may have changed since. */
  instanceTypeId: string;
  /** The upstream endpoint that it is; null for all others. */
  upstreamEndpointId: string | null;
  state: InstanceState;
  reason: StateReason;
  reasonData: ReasonData;
  stateSince: Date;
  endpoint: string | null;
  token: string;
  pid: number | null;
  pidStartedAt: string | null;
  nonce: string | null;
  logFile: string | null;
  host: string | null;
  podName: string | null;
  /** Tokens of one request that it was started with; null: as many as its model takes. */
  contextLength: number | null;
  restarts: number;
  /** Unexpected ends since it was last healthy for a while. */
  failures: number;
  retryAt: Date | null;
  createdAt: Date;
  /** Since when it has been ready without a break, or was until it ended. */
  readyAt: Date | null;
  stoppedAt: Date | null;
}

/** A service's row with what its instances are made from. */
export interface ServiceRow {
  id: string;
  driver: DriverName;
  spec: InstanceSpec;
  instanceTypeId: string;
  /** Endpoints that its instances are, one each, whatever `wantedInstances` says; null where instances may be anywhere. */
  places: readonly string[] | null;
  wanted: "running" | "stopped" | "deleted";
  /** Held back because credit ran out. */
  suspended: boolean;
  wantedInstances: number;
  generation: number;
  observedGeneration: number;
  state: ServiceState;
  stateSince: Date;
  reason: StateReason;
  reasonData: ReasonData;
}

export interface Snapshot {
  service: ServiceRow;
  /** Those that have not stopped, oldest first. */
  instances: InstanceRow[];
  /**
   * Of the service's last lease; each new one has the next number. Null where it was held while this was read: what its holder
   * wrote afterwards is not in here, and moves no fence.
   */
  fence: bigint | null;
}

/** The members of a service's row that the deployer decides. */
export type ServiceStatus = Pick<ServiceRow, "state" | "reason" | "reasonData" | "observedGeneration">;

/** What the deployer works towards: a deletion goes before arrears, and these before what else is wanted. */
export function goalOf({ wanted, suspended }: Pick<ServiceRow, "wanted" | "suspended">): "running" | "stopped" | "suspended" | "deleted" {
  return wanted !== "deleted" && suspended ? "suspended" : wanted;
}

/** How many instances there are to be. */
export function targetOf(service: ServiceRow): number {
  if (goalOf(service) !== "running") return 0;
  return service.places ? service.places.length : service.wantedInstances;
}

/** Whether an instance is such as is wanted now: of the service's type, or at one of its endpoints, which know no types. */
export function isCurrent({ places, instanceTypeId }: ServiceRow, row: InstanceRow): boolean {
  if (!places) return row.instanceTypeId === instanceTypeId;
  return row.upstreamEndpointId !== null && places.includes(row.upstreamEndpointId);
}
