import { type StateReason, stateReasons } from "#lib/contracts/services.ts";
import type { Db } from "#lib/db/client.ts";
import type { Prisma, Region } from "#prisma/generated/client.ts";
import type { InstanceRef, InstanceSpec } from "../drivers/driver.ts";
import type { RegionRow } from "../drivers/registry.ts";
import { toWeightsRef } from "../weights/ref.ts";
import type { InstanceRow, ReasonData, Snapshot } from "./snapshot.ts";

const include = {
  workspace: { select: { name: true } },
  model: { include: { weights: true } },
  region: true,
  instanceType: true,
  instances: { where: { state: { not: "stopped" } }, orderBy: [{ createdAt: "asc" }, { id: "asc" }] },
  upstreams: { where: { enabled: true }, select: { id: true }, orderBy: { id: "asc" } },
} satisfies Prisma.ModelServiceInclude;

type LoadedService = Prisma.ModelServiceGetPayload<{ include: typeof include }>;

/** All services that are not deleted, with their live instances. */
export async function loadSnapshots(db: Db): Promise<Snapshot[]> {
  const rows = await db.modelService.findMany({ where: { deletedAt: null }, include, orderBy: { id: "asc" } });
  return rows.map(toSnapshot);
}

/** One service; null where it is deleted or unknown. */
export async function loadSnapshot(db: Db, serviceId: string): Promise<Snapshot | null> {
  const row = await db.modelService.findFirst({ where: { id: serviceId, deletedAt: null }, include });
  return row && toSnapshot(row);
}

/** Regions that are in use: open to new services, or with a service that is not deleted. */
export async function loadRegions(db: Db): Promise<RegionRow[]> {
  const where = { OR: [{ enabled: true }, { services: { some: { deletedAt: null } } }] };
  return (await db.region.findMany({ where, orderBy: { id: "asc" } })).map(toRegion);
}

/** What a driver needs to find an instance's run. */
export function instanceRef(serviceId: string, row: InstanceRow): InstanceRef {
  const { pid, pidStartedAt, nonce, token, upstreamEndpointId } = row;
  return { instanceId: row.id, serviceId, pid, pidStartedAt, nonce, token, place: upstreamEndpointId };
}

function toSnapshot(row: LoadedService): Snapshot {
  const { id, instanceTypeId, wanted, wantedInstances, generation, observedGeneration, state, stateSince } = row;
  return {
    service: {
      ...{ id, instanceTypeId, wanted, wantedInstances, generation, observedGeneration, state, stateSince },
      driver: row.region.driver,
      spec: toSpec(row),
      places: row.region.driver === "upstream" ? row.upstreams.map((endpoint) => endpoint.id) : null,
      suspended: row.suspendedAt !== null,
      reason: toReason(row.reason),
      reasonData: toData(row.reasonData),
    },
    instances: row.instances.map((instance) => ({
      ...instance,
      reason: toReason(instance.reason),
      reasonData: toData(instance.reasonData),
    })),
  };
}

function toSpec(row: LoadedService): InstanceSpec {
  const { slug, kind, parameters, repository, contextLength, weights } = row.model;
  const { cpuMilli, memoryBytes, gpuCount, gpuModel, parallel } = row.instanceType;
  const { id, name, settings } = toRegion(row.region);
  return {
    serviceId: row.id,
    accessName: `${row.workspace.name}/${row.name}`,
    model: { slug, kind, parameters, repository },
    weights: weights && toWeightsRef(weights),
    contextLength,
    parallel,
    resources: { cpuMilli, memoryBytes, gpuCount, gpuModel },
    region: { id, name, settings },
  };
}

/** A region as drivers know it. */
export function toRegion({ id, name, driver, settings }: Region): RegionRow {
  return { id, name, driver, settings: typeof settings === "object" && settings !== null && !Array.isArray(settings) ? settings : {} };
}

function toReason(text: string): StateReason {
  return stateReasons.find((reason) => reason === text) ?? "";
}

function toData(json: Prisma.JsonValue): ReasonData {
  if (typeof json !== "object" || json === null || Array.isArray(json)) return {};
  const plain = Object.entries(json).filter((entry): entry is [string, string | number] => ["string", "number"].includes(typeof entry[1]));
  return Object.fromEntries(plain);
}
