import { type StateReason, stateReasons } from "#lib/contracts/services.ts";
import type { Db } from "#lib/db/client.ts";
import { type Instance, Prisma, type Region } from "#prisma/generated/client.ts";
import type { InstanceRef, InstanceSpec, ModelSpec, ResourceSpec, WeightsRef } from "../drivers/driver.ts";
import type { RegionRow } from "../drivers/registry.ts";
import type { InstanceRow, ReasonData, ServiceRow, Snapshot } from "./snapshot.ts";

type LoadedRegion = Pick<Region, "id" | "name" | "driver" | "settings">;

/** A service with all that its instances are made from. */
type LoadedService = Omit<ServiceRow, "spec" | "driver" | "reason" | "reasonData" | "suspended"> &
  Pick<InstanceSpec, "contextLength" | "parallel"> &
  Pick<ModelSpec, "slug" | "kind" | "parameters" | "repository"> &
  ResourceSpec & {
    accessName: string;
    reason: string;
    reasonData: Prisma.JsonValue;
    suspendedAt: Date | null;
    leaseFence: bigint;
    leased: boolean;
    upstreams: string[];
    weights: WeightsRef | null;
    region: LoadedRegion;
  };

/**
 * In one statement, because each step of each service reads it anew: relations by Prisma would be eight. What is in JSON has
 * no bigint and no moment in it.
 */
function queryServices(where: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`
    SELECT s."id", s."instanceTypeId", s."wanted"::text, s."wantedInstances", s."generation", s."observedGeneration", s."state"::text,
      s."stateSince", s."reason", s."reasonData", s."suspendedAt", s."leaseFence",
      s."leaseHolder" IS NOT NULL AS "leased", w."name" || '/' || s."name" AS "accessName",
      m."slug", m."kind"::text, m."parameters", m."repository", m."contextLength",
      t."cpuMilli", t."memoryBytes", t."gpuCount", t."gpuModel", t."parallel",
      jsonb_build_object('id', r."id", 'name', r."name", 'driver', r."driver", 'settings', r."settings") AS "region",
      CASE WHEN g."id" IS NOT NULL THEN jsonb_build_object('id', g."id", 'source', g."source", 'hub', g."hub",
        'repository', g."repository", 'revision', g."revision", 'file', g."file", 'projectorFile', g."projectorFile",
        'sizeBytes', g."sizeBytes", 'sha256', g."sha256", 'format', g."format") END AS "weights",
      ARRAY(SELECT u."id" FROM "upstream_endpoints" u WHERE u."serviceId" = s."id" AND u."enabled" ORDER BY u."id") AS "upstreams"
    FROM "model_services" s
    JOIN "workspaces" w ON w."id" = s."workspaceId"
    JOIN "models" m ON m."id" = s."modelId"
    JOIN "regions" r ON r."id" = s."regionId"
    JOIN "instance_types" t ON t."id" = s."instanceTypeId"
    LEFT JOIN "model_weights" g ON g."modelId" = m."id"
    WHERE s."deletedAt" IS NULL AND ${where} ORDER BY s."id"`;
}

/** All services that are not deleted, with their live instances. */
export async function loadSnapshots(db: Db): Promise<Snapshot[]> {
  // Services first: what is written to instances in between moves their service's fence, which then shows that it was.
  const services = await db.$queryRaw<LoadedService[]>(queryServices(Prisma.sql`true`));
  const instances = await findInstances(db, { service: { deletedAt: null } });
  const byService = Map.groupBy(instances, (row) => row.serviceId);
  return services.map((service) => toSnapshot(service, byService.get(service.id) ?? []));
}

/** One service; null where it is deleted or unknown. */
export async function loadSnapshot(db: Db, serviceId: string): Promise<Snapshot | null> {
  const [service] = await db.$queryRaw<LoadedService[]>(queryServices(Prisma.sql`s."id" = ${serviceId}`));
  return service ? toSnapshot(service, await findInstances(db, { serviceId })) : null;
}

function findInstances(db: Db, where: Prisma.InstanceWhereInput): Promise<Instance[]> {
  return db.instance.findMany({ where: { ...where, state: { not: "stopped" } }, orderBy: [{ createdAt: "asc" }, { id: "asc" }] });
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

function toSnapshot(row: LoadedService, instances: readonly Instance[]): Snapshot {
  const { id, instanceTypeId, wanted, wantedInstances, generation, observedGeneration, state, stateSince } = row;
  return {
    service: {
      ...{ id, instanceTypeId, wanted, wantedInstances, generation, observedGeneration, state, stateSince },
      driver: row.region.driver,
      spec: toSpec(row),
      places: row.region.driver === "upstream" ? row.upstreams : null,
      suspended: row.suspendedAt !== null,
      reason: toReason(row.reason),
      reasonData: toData(row.reasonData),
    },
    instances: instances.map((instance) => ({
      ...instance,
      reason: toReason(instance.reason),
      reasonData: toData(instance.reasonData),
    })),
    fence: row.leased ? null : row.leaseFence,
  };
}

function toSpec(row: LoadedService): InstanceSpec {
  const { slug, kind, parameters, repository, contextLength, weights, accessName } = row;
  const { cpuMilli, memoryBytes, gpuCount, gpuModel, parallel } = row;
  const { id, name, settings } = toRegion(row.region);
  return {
    serviceId: row.id,
    accessName,
    model: { slug, kind, parameters, repository },
    weights,
    contextLength,
    parallel,
    resources: { cpuMilli, memoryBytes, gpuCount, gpuModel },
    region: { id, name, settings },
  };
}

/** A region as drivers know it. */
export function toRegion({ id, name, driver, settings }: LoadedRegion): RegionRow {
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
