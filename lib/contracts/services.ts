import * as z from "zod/mini";
import { moment, nano, pageOf, pageQuery } from "./common.ts";
import { modelKinds } from "./models.ts";

export const serviceStates = [
  "pending",
  "downloading",
  "starting",
  "running",
  "scaling",
  "degraded",
  "failed",
  "stopping",
  "stopped",
  "suspended",
  "deleting",
  "deleted",
] as const;
export type ServiceState = (typeof serviceStates)[number];
export const instanceStates = ["pending", "starting", "ready", "draining", "backoff", "stopped"] as const;
export type InstanceState = (typeof instanceStates)[number];

/** Why a state is what it is; each has a sentence in messages/*.json that names the values of `reasonData`. */
export const stateReasons = [
  "",
  "waiting_for_deployer",
  "loading_weights",
  "instances_starting",
  /** `ready`, `wanted`. */
  "some_not_ready",
  /** `code` (exit code or signal), `times`, `retryInSeconds`. */
  "process_exited",
  /** `seconds`. */
  "start_timeout",
  "health_lost",
  /** `file`. */
  "weights_missing",
  "draining",
  /** `detail`. */
  "start_failed",
  /** `resource` ("memory", "cpu", "gpu"), `needs`, `free`: bytes, thousandths of a core, or a number of GPUs. */
  "insufficient_capacity",
  /** `doneBytes`, `totalBytes` (absent while unknown), `bytesPerSecond`. */
  "downloading_weights",
  /** `problem` (one of {@link downloadProblems}), `detail` (the hub's own words, in English), `retryInSeconds`. */
  "download_failed",
  /** `needsBytes`, `freeBytes`. */
  "disk_full",
  /** The workspace's credit does not cover the next minute of its instances. */
  "arrears",
  /** `resource`, `detail`. */
  "unschedulable",
  /** `image`, `detail`. */
  "image_pull_failed",
  /** `times`, `retryInSeconds`. */
  "out_of_memory",
  /** `detail`. */
  "evicted",
  /** `node`. */
  "node_lost",
  /** `detail`. */
  "region_unreachable",
  /** `detail`, `retryInSeconds`. */
  "upstream_unreachable",
  "upstream_unauthorized",
  /** `model`. */
  "upstream_model_missing",
] as const;
export type StateReason = (typeof stateReasons)[number];

/** Why weights could not be had; each has a sentence in messages/*.json. The first seven are what a hub can refuse. */
export const downloadProblems = [
  "not_found",
  "gated",
  "unauthorized",
  "rate_limited",
  "unavailable",
  "unreachable",
  "invalid",
  /** A file differs from its checksum. */
  "checksum",
  /** The folder of weights cannot be used. */
  "store",
  "unexpected",
] as const;
export type DownloadProblem = (typeof downloadProblems)[number];

/** What a service's timeline tells; each has a sentence in messages/*.json. */
export const serviceEventKinds = [
  "service_created",
  /** `from`, `to`. */
  "scale_requested",
  "stop_requested",
  "start_requested",
  /** `from`, `to`: instance type and number of instances, as text; alike where nothing was changed. */
  "retry_requested",
  "delete_requested",
  /** Credit has run out. */
  "suspended",
  /** There is credit again. */
  "resumed",
  /** `bytes`, `seconds`. */
  "weights_downloaded",
  /** `detail`. */
  "download_failed",
  "instance_started",
  "instance_ready",
  /** `code`, `times`, `retryInSeconds`. */
  "instance_exited",
  "instance_draining",
  "instance_stopped",
  "instance_adopted",
  "service_running",
  "service_deleted",
] as const;
export type ServiceEventKind = (typeof serviceEventKinds)[number];

const reasonData = z.record(z.string(), z.union([z.string(), z.number()]));

export const serviceName = z
  .string()
  .check(
    z.minLength(2),
    z.maxLength(64),
    z.regex(/^[a-z][a-z0-9.-]*[a-z0-9]$/, "2–64 of a–z, 0–9, - and inside also a dot; begins with a letter, ends with a letter or digit"),
  );

export const serviceSummary = z.object({
  id: z.string(),
  name: z.string(),
  /** `<owner>/<name>`: what `model` in a call says. */
  accessName: z.string(),
  model: z.object({ slug: z.string(), name: z.string(), kind: z.enum(modelKinds), demo: z.boolean() }),
  region: z.object({ name: z.string(), label: z.object({ en: z.string(), zh: z.string() }) }),
  instanceType: z.string(),
  billing: z.enum(["token", "instance"]),
  /** Price of one instance for an hour; null where it has no price. */
  hourNano: z.nullable(nano),
  /** What its owner asked for last; `state` says how far that is. */
  wanted: z.enum(["running", "stopped", "deleted"]),
  /** Since when it is held back because credit ran out; null while it is not. */
  suspendedAt: z.nullable(moment),
  state: z.enum(serviceStates),
  reason: z.enum(stateReasons),
  reasonData,
  stateSince: moment,
  readyInstances: z.int(),
  wantedInstances: z.int(),
  /** Tokens of one request that its instances take, or will: fewer than the model can where their memory is small. */
  contextLength: z.int(),
  generation: z.int(),
  createdAt: moment,
});
export type ServiceSummary = z.infer<typeof serviceSummary>;

export const instanceView = z.object({
  id: z.string(),
  /** Name of the type it was made with; the service's may have changed since. */
  instanceType: z.string(),
  state: z.enum(instanceStates),
  reason: z.enum(stateReasons),
  reasonData,
  stateSince: moment,
  restarts: z.int(),
  /** Where the gateway calls it; null while it has no address, and for endpoints of others. */
  endpoint: z.nullable(z.string()),
  retryAt: z.nullable(moment),
  readyAt: z.nullable(moment),
});
export type InstanceView = z.infer<typeof instanceView>;

/** Who or what made an event: whoever reads it, another member of the workspace, an operator of the installation, or the deployer. */
export const eventActors = ["you", "member", "operator", "deployer"] as const;
export type EventActor = (typeof eventActors)[number];

export const serviceEventView = z.object({
  id: z.string(),
  at: moment,
  kind: z.enum(serviceEventKinds),
  by: z.enum(eventActors),
  instanceId: z.nullable(z.string()),
  data: reasonData,
});
export type ServiceEventView = z.infer<typeof serviceEventView>;

export const serviceDetail = z.extend(serviceSummary, {
  /** Address to call it at; ends in `/v1`. */
  endpoint: z.string(),
  /** Tokens of one request that its model can take. */
  modelContextLength: z.int(),
  regionId: z.string(),
  instanceTypeId: z.string(),
  /** What its instances have cost so far, the seconds that are not charged yet included. */
  costNano: nano,
  /** Instances that are being billed now. */
  openIntervals: z.int(),
  /** What an hour of these costs together: so much the cost grows while nothing changes. */
  openHourNano: nano,
  instances: z.array(instanceView),
  events: z.array(serviceEventView),
});
export type ServiceDetail = z.infer<typeof serviceDetail>;

/** What a list of services can be sorted by. */
export const serviceSorts = ["created", "name", "model"] as const;
export const serviceListQuery = z.extend(pageQuery, {
  search: z._default(z.string().check(z.maxLength(100)), ""),
  state: z.optional(z.enum(serviceStates)),
  sort: z._default(z.enum(serviceSorts), "created"),
  order: z._default(z.enum(["asc", "desc"]), "desc"),
});
export const serviceList = pageOf(serviceSummary);

export const deployInput = z.strictObject({
  modelSlug: z.string().check(z.maxLength(64)),
  name: serviceName,
  regionId: z.string().check(z.maxLength(64)),
  instanceTypeId: z.string().check(z.maxLength(64)),
  instances: z.int().check(z.minimum(1), z.maximum(1000)),
});
export type DeployInput = z.infer<typeof deployInput>;

/** `add` is the number of instances to add, negative to remove; `generation` is the one the caller saw. */
export const scaleInput = z.strictObject({ add: z.int().check(z.minimum(-999), z.maximum(999)), generation: z.int().check(z.minimum(1)) });
export type ScaleInput = z.infer<typeof scaleInput>;

/** `generation` is the one the caller saw; where the service has changed since, the answer is `conflict`. */
export const generationInput = z.strictObject({ generation: z.int().check(z.minimum(1)) });
export type GenerationInput = z.infer<typeof generationInput>;

/** Try again at once, as it is or with another instance type or number of instances. */
export const retryServiceInput = z.strictObject({
  generation: z.int().check(z.minimum(1)),
  instanceTypeId: z.optional(z.string().check(z.maxLength(64))),
  instances: z.optional(z.int().check(z.minimum(1), z.maximum(1000))),
});
export type RetryServiceInput = z.infer<typeof retryServiceInput>;

/** Why an instance's billing ended; `waived` ones ended by a crash before they had run for a minute. */
export const intervalEndReasons = ["stopped", "crashed", "health_lost", "price_change"] as const;

/** A time in which one instance was billed at one price. */
export const billingIntervalView = z.object({
  id: z.string(),
  instanceId: z.string(),
  instanceType: z.string(),
  /** Version of the price. */
  priceId: z.string(),
  hourNano: nano,
  startedAt: moment,
  /** Null while it goes on. */
  endedAt: z.nullable(moment),
  endReason: z.nullable(z.enum(intervalEndReasons)),
  /** Whole seconds from start to end, or to now. */
  seconds: z.int(),
  waived: z.boolean(),
  /** floor(hourNano × seconds / 3600), less what no credit covered; 0 where it is waived. */
  costNano: nano,
  /** The part of it that has been taken from the balance. */
  chargedNano: nano,
});
export type BillingIntervalView = z.infer<typeof billingIntervalView>;

export const serviceBillingQuery = pageQuery;
/** What a service's instances have cost, newest interval first. */
export const serviceBilling = z.extend(pageOf(billingIntervalView), {
  costNano: nano,
  chargedNano: nano,
  openIntervals: z.int(),
});
export type ServiceBilling = z.infer<typeof serviceBilling>;

/** The service's name, typed to confirm. */
export const deleteServiceInput = z.strictObject({ confirmName: z.string().check(z.maxLength(64)) });

export const nameCheck = z.object({ available: z.boolean() });
