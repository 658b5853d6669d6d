import { z } from "zod";
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
  /** `detail`, `retryInSeconds`. */
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
  .min(2)
  .max(64)
  .regex(/^[a-z][a-z0-9.-]*[a-z0-9]$/, "2–64 of a–z, 0–9, - and inside also a dot; begins with a letter, ends with a letter or digit");

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
  hourNano: nano.nullable(),
  /** What its owner asked for last; `state` says how far that is. */
  wanted: z.enum(["running", "stopped", "deleted"]),
  /** Since when it is held back because credit ran out; null while it is not. */
  suspendedAt: moment.nullable(),
  state: z.enum(serviceStates),
  reason: z.enum(stateReasons),
  reasonData,
  stateSince: moment,
  readyInstances: z.number().int(),
  wantedInstances: z.number().int(),
  generation: z.number().int(),
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
  restarts: z.number().int(),
  retryAt: moment.nullable(),
  readyAt: moment.nullable(),
});
export type InstanceView = z.infer<typeof instanceView>;

export const serviceEventView = z.object({
  id: z.string(),
  at: moment,
  kind: z.enum(serviceEventKinds),
  instanceId: z.string().nullable(),
  data: reasonData,
});
export type ServiceEventView = z.infer<typeof serviceEventView>;

export const serviceDetail = serviceSummary.extend({
  /** Address to call it at; ends in `/v1`. */
  endpoint: z.string(),
  contextLength: z.number().int(),
  regionId: z.string(),
  instanceTypeId: z.string(),
  /** What its instances have cost so far, the seconds that are not charged yet included. */
  costNano: nano,
  /** Instances that are being billed now. */
  openIntervals: z.number().int(),
  instances: z.array(instanceView),
  events: z.array(serviceEventView),
});
export type ServiceDetail = z.infer<typeof serviceDetail>;

export const serviceListQuery = pageQuery.extend({ search: z.string().max(100).default(""), state: z.enum(serviceStates).optional() });
export const serviceList = pageOf(serviceSummary);

export const deployInput = z.strictObject({
  modelSlug: z.string().max(64),
  name: serviceName,
  regionId: z.string().max(64),
  instanceTypeId: z.string().max(64),
  instances: z.number().int().min(1).max(1000),
});
export type DeployInput = z.infer<typeof deployInput>;

/** `add` is the number of instances to add, negative to remove; `generation` is the one the caller saw. */
export const scaleInput = z.strictObject({ add: z.number().int().min(-999).max(999), generation: z.number().int().min(1) });
export type ScaleInput = z.infer<typeof scaleInput>;

/** `generation` is the one the caller saw; where the service has changed since, the answer is `conflict`. */
export const generationInput = z.strictObject({ generation: z.number().int().min(1) });
export type GenerationInput = z.infer<typeof generationInput>;

/** Try again at once, as it is or with another instance type or number of instances. */
export const retryServiceInput = z.strictObject({
  generation: z.number().int().min(1),
  instanceTypeId: z.string().max(64).optional(),
  instances: z.number().int().min(1).max(1000).optional(),
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
  endedAt: moment.nullable(),
  endReason: z.enum(intervalEndReasons).nullable(),
  /** Whole seconds from start to end, or to now. */
  seconds: z.number().int(),
  waived: z.boolean(),
  /** floor(hourNano × seconds / 3600), less what no credit covered; 0 where it is waived. */
  costNano: nano,
  /** The part of it that has been taken from the balance. */
  chargedNano: nano,
});
export type BillingIntervalView = z.infer<typeof billingIntervalView>;

export const serviceBillingQuery = pageQuery;
/** What a service's instances have cost, newest interval first. */
export const serviceBilling = pageOf(billingIntervalView).extend({
  costNano: nano,
  chargedNano: nano,
  openIntervals: z.number().int(),
});
export type ServiceBilling = z.infer<typeof serviceBilling>;

/** The service's name, typed to confirm. */
export const deleteServiceInput = z.strictObject({ confirmName: z.string().max(64) });

export const nameCheck = z.object({ available: z.boolean() });
