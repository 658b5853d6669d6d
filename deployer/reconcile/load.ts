import { type StateReason, stateReasons } from "#lib/contracts/services.ts";
import type { Db } from "#lib/db/client.ts";
import type { Prisma } from "#prisma/generated/client.ts";
import type { InstanceRef } from "../drivers/driver.ts";
import type { InstanceRow, ReasonData, Snapshot } from "./snapshot.ts";

const include = {
  workspace: { select: { name: true } },
  model: { select: { weightsFile: true, contextLength: true } },
  region: { select: { driver: true } },
  instanceType: { select: { parallel: true } },
  instances: { where: { state: { not: "stopped" } }, orderBy: [{ createdAt: "asc" }, { id: "asc" }] },
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

/** What a driver needs to find an instance's run. */
export function instanceRef(serviceId: string, row: InstanceRow): InstanceRef {
  const { pid, pidStartedAt, nonce, token } = row;
  return { instanceId: row.id, serviceId, pid, pidStartedAt, nonce, token };
}

function toSnapshot(row: LoadedService): Snapshot {
  return {
    service: {
      id: row.id,
      driver: row.region.driver,
      spec: {
        serviceId: row.id,
        accessName: `${row.workspace.name}/${row.name}`,
        weightsFile: row.model.weightsFile,
        contextLength: row.model.contextLength,
        parallel: row.instanceType.parallel,
      },
      wanted: row.wanted,
      wantedInstances: row.wantedInstances,
      generation: row.generation,
      observedGeneration: row.observedGeneration,
      state: row.state,
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

function toReason(text: string): StateReason {
  return stateReasons.find((reason) => reason === text) ?? "";
}

function toData(json: Prisma.JsonValue): ReasonData {
  if (typeof json !== "object" || json === null || Array.isArray(json)) return {};
  const plain = Object.entries(json).filter((entry): entry is [string, string | number] => ["string", "number"].includes(typeof entry[1]));
  return Object.fromEntries(plain);
}
