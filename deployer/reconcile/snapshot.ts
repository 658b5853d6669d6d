import type { InstanceState, ServiceState, StateReason } from "#lib/contracts/services.ts";
import type { InstanceSpec } from "../drivers/driver.ts";

export type ReasonData = Record<string, string | number>;

/** An instance's row, as far as the deployer reads it. */
export interface InstanceRow {
  id: string;
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
  /** Name of the driver of its region. */
  driver: string;
  spec: InstanceSpec;
  wanted: "running" | "stopped" | "deleted";
  wantedInstances: number;
  generation: number;
  observedGeneration: number;
  state: ServiceState;
  reason: StateReason;
  reasonData: ReasonData;
}

export interface Snapshot {
  service: ServiceRow;
  /** Those that have not stopped, oldest first. */
  instances: InstanceRow[];
}

/** The members of a service's row that the deployer decides. */
export type ServiceStatus = Pick<ServiceRow, "state" | "reason" | "reasonData" | "observedGeneration">;
