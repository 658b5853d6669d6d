import type { ServiceState, StateReason } from "#lib/contracts/services.ts";

/**
 * What makes a state or a reason pass:
 * - `deployer`: its next look, within seconds;
 * - `time`: what runs already (a start, a drain, a download, a wait), without anybody's doing;
 * - `owner`: who owns the service: another instance type or number, start, delete;
 * - `credit`: more credit in the workspace;
 * - `operator`: who runs the installation: weights, disk, nodes, a region's or an endpoint's settings.
 */
export type UnblockedBy = "deployer" | "time" | "owner" | "credit" | "operator";

interface StateRule {
  means: string;
  /** Whether the row must say why, in `reason`; `stateSince` says since when. */
  reasoned: boolean;
  /** Null: the reason decides, see {@link reasonTable}. */
  unblockedBy: UnblockedBy | null;
  /** States that one write may lead to. */
  next: readonly ServiceState[];
}

/** States of a service that is wanted running; from each, what is seen next may lead to any other. */
const alive = ["pending", "downloading", "starting", "running", "scaling", "degraded", "failed"] as const;
const ending = ["stopping", "stopped", "suspended", "deleting", "deleted"] as const;

function afterAlive(self: (typeof alive)[number]): ServiceState[] {
  return [...alive.filter((state) => state !== self), ...ending];
}

/**
 * The states of a service and where each may lead. A state is no memory: `serviceStatus` derives it at each look from what is
 * wanted and what the instances' rows say, so that any step may be lost. The end of a deletion is the only one without a way on.
 */
export const stateTable = {
  pending: {
    means: "no instance is ready or starting: the deployer has not looked yet, or there is no room",
    reasoned: true,
    unblockedBy: null,
    next: afterAlive("pending"),
  },
  downloading: {
    means: "weights are on their way; `reasonData` counts the bytes",
    reasoned: true,
    unblockedBy: "time",
    next: afterAlive("downloading"),
  },
  starting: { means: "instances load, none is ready for the first time", reasoned: true, unblockedBy: null, next: afterAlive("starting") },
  running: { means: "as many instances are ready as wanted", reasoned: false, unblockedBy: null, next: afterAlive("running") },
  scaling: {
    means: "it serves, and its number or type of instances changes",
    reasoned: true,
    unblockedBy: null,
    next: afterAlive("scaling"),
  },
  degraded: {
    means: "it serves, or did, with fewer instances than wanted",
    reasoned: true,
    unblockedBy: null,
    next: afterAlive("degraded"),
  },
  failed: {
    means: "no instance can come up as things are; it is tried again, and may be retried with a change",
    reasoned: true,
    unblockedBy: null,
    next: afterAlive("failed"),
  },
  stopping: {
    means: "running calls end, then the instances do",
    reasoned: true,
    unblockedBy: "time",
    next: [...alive, "stopped", "suspended", "deleting", "deleted"],
  },
  stopped: {
    means: "its owner stopped it; its configuration is kept",
    reasoned: false,
    unblockedBy: "owner",
    next: [...alive, "suspended", "deleting", "deleted"],
  },
  suspended: {
    means: "credit has run out; it comes back by itself once there is some",
    reasoned: true,
    unblockedBy: "credit",
    next: [...alive, "stopped", "stopping", "deleting", "deleted"],
  },
  deleting: { means: "running calls end, then the instances do", reasoned: true, unblockedBy: "time", next: ["deleted"] },
  deleted: { means: "nothing of it is left but its history", reasoned: false, unblockedBy: null, next: [] },
} as const satisfies Record<ServiceState, StateRule>;

interface ReasonRule {
  /** Members of `reasonData` that are there whenever the reason is. */
  data: readonly string[];
  /** What a service is while this alone keeps all its missing instances; null: it keeps none, or it is no obstacle. */
  holds: "pending" | "downloading" | "failed" | null;
  unblockedBy: UnblockedBy;
}

const passing = { data: [], holds: null, unblockedBy: "time" } as const;

/** Every reason that a service or an instance can give. */
export const reasonTable: Record<StateReason, ReasonRule> = {
  "": { data: [], holds: null, unblockedBy: "deployer" },
  waiting_for_deployer: { data: [], holds: null, unblockedBy: "deployer" },
  loading_weights: passing,
  instances_starting: { ...passing, data: ["ready", "wanted"] },
  some_not_ready: { ...passing, data: ["ready", "wanted"] },
  draining: passing,
  process_exited: { ...passing, data: ["code", "times", "retryInSeconds"] },
  start_failed: { ...passing, data: ["detail", "retryInSeconds"] },
  start_timeout: { ...passing, data: ["seconds", "retryInSeconds"] },
  health_lost: { ...passing, data: ["seconds", "retryInSeconds"] },
  evicted: { ...passing, data: ["detail", "times", "retryInSeconds"] },
  node_lost: { ...passing, data: ["node", "times", "retryInSeconds"] },
  out_of_memory: { data: ["times", "retryInSeconds"], holds: null, unblockedBy: "owner" },
  insufficient_capacity: { data: ["resource", "needs", "free"], holds: "pending", unblockedBy: "owner" },
  unschedulable: { data: ["resource", "detail"], holds: "pending", unblockedBy: "operator" },
  region_unreachable: { data: ["detail"], holds: "pending", unblockedBy: "operator" },
  downloading_weights: { data: ["doneBytes", "bytesPerSecond"], holds: "downloading", unblockedBy: "time" },
  download_failed: { data: ["detail", "retryInSeconds"], holds: "failed", unblockedBy: "time" },
  disk_full: { data: ["needsBytes", "freeBytes"], holds: "failed", unblockedBy: "operator" },
  weights_missing: { data: ["file"], holds: "failed", unblockedBy: "operator" },
  image_pull_failed: { data: ["image", "detail"], holds: "failed", unblockedBy: "operator" },
  upstream_unreachable: { data: ["detail", "retryInSeconds"], holds: "failed", unblockedBy: "operator" },
  upstream_unauthorized: { data: [], holds: "failed", unblockedBy: "operator" },
  upstream_model_missing: { data: ["model"], holds: "failed", unblockedBy: "operator" },
  arrears: { data: [], holds: null, unblockedBy: "credit" },
};

/** Whether one state may follow another; each may stay as it is. */
export function mayFollow(from: ServiceState, to: ServiceState): boolean {
  const next: readonly ServiceState[] = stateTable[from].next;
  return from === to || next.includes(to);
}
