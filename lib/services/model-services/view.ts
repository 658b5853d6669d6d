import { offeredContext } from "#lib/contracts/instance-memory.ts";
import {
  type EventActor,
  type InstanceView,
  type ServiceEventKind,
  type ServiceEventView,
  type ServiceState,
  type ServiceSummary,
  type StateReason,
  serviceEventKinds,
  stateReasons,
} from "#lib/contracts/services.ts";
import type { DbLike } from "#lib/db/client.ts";
import type { Instance, Prisma, ServiceEvent } from "#prisma/generated/client.ts";
import { memoryOf, weightsFacts } from "../models/weights-memory.ts";

/** What a summary is made of. */
export const summaryInclude = {
  workspace: { select: { name: true } },
  model: { select: { slug: true, name: true, kind: true, demo: true, contextLength: true, weights: { select: weightsFacts } } },
  region: { select: { name: true, labelEn: true, labelZh: true, driver: true } },
  instanceType: { select: { name: true, parallel: true, memoryBytes: true, gpuCount: true } },
} satisfies Prisma.ModelServiceInclude;

export type ServiceRow = Prisma.ModelServiceGetPayload<{ include: typeof summaryInclude }>;

/** What of a service's instances its summary tells. */
export interface ReadyInstances {
  /** How many are in state ready. */
  count: number;
  /** Tokens of one request that each of those takes; null where that is as many as the model, or none is ready. */
  contextLength: number | null;
}

export const noneReady: ReadyInstances = { count: 0, contextLength: null };

/** The ready instances of each service that has some. */
export async function readyInstances(db: DbLike, serviceIds: string[]): Promise<Map<string, ReadyInstances>> {
  const rows = await db.instance.groupBy({
    by: ["serviceId"],
    where: { serviceId: { in: serviceIds }, state: "ready" },
    _count: { _all: true },
    _min: { contextLength: true },
  });
  return new Map(rows.map((row) => [row.serviceId, { count: row._count._all, contextLength: row._min.contextLength }]));
}

/** The same of instances that are read already. */
export function readyOf(instances: readonly Pick<Instance, "state" | "contextLength">[]): ReadyInstances {
  const ready = instances.filter((instance) => instance.state === "ready");
  const lengths = ready.flatMap((instance) => instance.contextLength ?? []);
  return { count: ready.length, contextLength: lengths.length > 0 ? Math.min(...lengths) : null };
}

/** Tokens of one request: what the ready instances were started with, or else what those to come will be. */
function contextOf({ model, instanceType, region }: ServiceRow, { contextLength }: ReadyInstances): number {
  if (contextLength !== null) return contextLength;
  const { parallel, memoryBytes, gpuCount } = instanceType;
  const type = { parallel, gpuCount, memoryBytes: Number(memoryBytes) };
  return offeredContext({ contextLength: model.contextLength, weights: memoryOf(model.weights), type, driver: region.driver }).tokens;
}

/** A row as lists show it; `hourNano` is the price in force, null where the type has none. */
export function summaryOf(row: ServiceRow, ready: ReadyInstances, hourNano: bigint | null): ServiceSummary {
  const shown = shownState(row);
  return {
    id: row.id,
    name: row.name,
    accessName: `${row.workspace.name}/${row.name}`,
    model: { slug: row.model.slug, name: row.model.name, kind: row.model.kind, demo: row.model.demo },
    region: { name: row.region.name, label: { en: row.region.labelEn, zh: row.region.labelZh } },
    instanceType: row.instanceType.name,
    billing: row.billing,
    hourNano: hourNano?.toString() ?? null,
    wanted: row.wanted,
    suspendedAt: row.suspendedAt?.toISOString() ?? null,
    state: shown?.state ?? row.state,
    reason: shown ? shown.reason : reasonOf(row.reason),
    reasonData: shown ? {} : namedValues(row.reasonData),
    stateSince: row.stateSince.toISOString(),
    readyInstances: ready.count,
    wantedInstances: row.wantedInstances,
    contextLength: contextOf(row, ready),
    generation: row.generation,
    createdAt: row.createdAt.toISOString(),
  };
}

/**
 * What an owner sees from the moment that it was asked for until the deployer has taken it up; null where the row itself says it.
 */
export function shownState(
  row: Pick<ServiceRow, "wanted" | "state" | "suspendedAt">,
): { state: ServiceState; reason: StateReason; askedBy: ServiceEventKind[] } | null {
  const ending = row.state === "stopping" || row.state === "stopped" || row.state === "suspended";
  if (row.wanted === "deleted") {
    const known = row.state === "deleting" || row.state === "deleted";
    return known ? null : { state: "deleting", reason: "", askedBy: ["delete_requested"] };
  }
  if (row.suspendedAt) {
    // What is still stopping ends suspended.
    return row.state === "suspended" || row.state === "stopping" ? null : { state: "stopping", reason: "arrears", askedBy: ["suspended"] };
  }
  if (row.wanted === "stopped") return ending ? null : { state: "stopping", reason: "draining", askedBy: ["stop_requested"] };
  return ending ? { state: "pending", reason: "waiting_for_deployer", askedBy: ["start_requested", "resumed"] } : null;
}

export function instanceViewOf(row: Instance & { instanceType: { name: string } }): InstanceView {
  return {
    id: row.id,
    instanceType: row.instanceType.name,
    state: row.state,
    reason: reasonOf(row.reason),
    reasonData: namedValues(row.reasonData),
    stateSince: row.stateSince.toISOString(),
    restarts: row.restarts,
    endpoint: row.upstreamEndpointId === null ? row.endpoint : null,
    retryAt: row.retryAt?.toISOString() ?? null,
    readyAt: row.readyAt?.toISOString() ?? null,
  };
}

/** An event as that user reads it, or nothing where its kind is one that this version does not know. */
export function eventViewsOf(row: ServiceEvent, userId: string): ServiceEventView[] {
  const kind = serviceEventKinds.find((known): known is ServiceEventKind => known === row.kind);
  if (!kind) return [];
  const { id, at, instanceId, data } = row;
  return [{ id: id.toString(), at: at.toISOString(), kind, by: actorOf(row.actor, userId), instanceId, data: namedValues(data) }];
}

/** `cli` is the `hydra` command, `system` what an installation does of itself: both are its operators'. */
function actorOf(actor: string, userId: string): EventActor {
  if (actor === userId) return "you";
  if (actor === "deployer") return actor;
  return actor === "cli" || actor === "system" ? "operator" : "member";
}

/** A newer deployer may write a code that this console does not know; then the state alone must do. */
export function reasonOf(text: string): StateReason {
  return stateReasons.find((known) => known === text) ?? "";
}

export function namedValues(json: Prisma.JsonValue): Record<string, string | number> {
  if (typeof json !== "object" || json === null || Array.isArray(json)) return {};
  return Object.fromEntries(
    Object.entries(json).filter((pair): pair is [string, string | number] => typeof pair[1] === "string" || typeof pair[1] === "number"),
  );
}
