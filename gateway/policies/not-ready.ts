import type { ServiceState, StateReason } from "#lib/contracts/services.ts";
import { AppError } from "#lib/errors.ts";
import type { CallableService } from "../ports.ts";

type ReasonData = Record<string, string | number>;

const stateWords = {
  pending: "Pending",
  downloading: "Downloading",
  starting: "Starting",
  running: "Running, but no instance can be reached from this gateway at this moment",
  scaling: "Scaling",
  degraded: "Degraded",
  failed: "Failed",
  stopping: "Stopping",
  stopped: "Stopped",
  suspended: "Suspended",
  deleting: "Deleting",
  deleted: "Deleted",
} satisfies Record<ServiceState, string>;

const reasonWords = {
  "": () => "",
  waiting_for_deployer: () => "waiting to be deployed",
  loading_weights: () => "loading weights",
  instances_starting: () => "instances are starting",
  some_not_ready: (data) => `${data.ready ?? 0} of ${data.wanted ?? "the"} instances ready`,
  process_exited: (data) =>
    `its process exited with ${data.code ?? "an error"}, ${data.times ?? 1} time(s), next try in ${data.retryInSeconds ?? "some"} s`,
  start_timeout: (data) => `it did not become ready within ${data.seconds ?? "its"} s`,
  health_lost: () => "its instances stopped answering health checks",
  weights_missing: (data) => `weights ${data.file ?? ""} are missing`,
  draining: () => "finishing running calls",
  start_failed: (data) => `it could not be started: ${data.detail ?? "unknown reason"}`,
  insufficient_capacity: (data) => `there is not enough ${data.resource ?? "room"} for it`,
  downloading_weights: () => "downloading weights",
  download_failed: () => "its weights could not be downloaded",
  disk_full: () => "there is no disk space for its weights",
  arrears: () => "the workspace has run out of credit",
  unschedulable: (data) => `no node has the ${data.resource ?? "room"} that it needs`,
  image_pull_failed: () => "its image could not be pulled",
  out_of_memory: () => "it ran out of memory",
  evicted: () => "its node put it out",
  node_lost: () => "its node was lost",
  region_unreachable: () => "its region cannot be reached",
  // What others say of themselves is for operators alone.
  upstream_unreachable: () => "what it stands on does not answer",
  upstream_unauthorized: () => "what it stands on refuses its credential",
  upstream_model_missing: () => "what it stands on does not have the model",
} satisfies Record<StateReason, (data: ReasonData) => string>;

/** A state that only its owner's or the operator's doing ends: soon trying again is no use, and SDKs are told so. */
const lasting = new Set<ServiceState>(["stopping", "stopped", "suspended", "deleting", "deleted"]);
const lastingSeconds = 300;

/** `service_not_ready` in words, with the seconds after which trying again makes sense. */
export function notReady(service: CallableService): AppError {
  const state: ServiceState = service.wanted === "stopped" && !lasting.has(service.state) ? "stopping" : service.state;
  const reason = reasonWords[service.reason]?.(service.reasonData) ?? "";
  const retryAfterSeconds = secondsUntilRetry(state, service.reasonData);
  const advice = lasting.has(state) ? "Start it in the console first." : `Try again in ${retryAfterSeconds} s.`;
  return new AppError(
    "service_not_ready",
    `The service ${service.accessName} is not ready. State: ${stateWords[state]}${reason ? ` (${reason})` : ""}. ${advice}`,
    { param: "model", retryAfterSeconds, data: { state, reason: service.reason } },
  );
}

function secondsUntilRetry(state: ServiceState, data: ReasonData): number {
  if (lasting.has(state)) return lastingSeconds;
  const told = Number(data.retryInSeconds);
  if (Number.isFinite(told) && told > 0) return Math.min(60, Math.ceil(told));
  if (state === "failed") return 30;
  return state === "pending" || state === "downloading" ? 10 : 2;
}
