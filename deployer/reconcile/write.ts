import type { ServiceEventKind } from "#lib/contracts/services.ts";
import type { DbLike } from "#lib/db/client.ts";
import type { RowChange } from "./row-change.ts";
import type { InstanceRow, ReasonData, ServiceRow, ServiceStatus } from "./snapshot.ts";
import { sameStatus } from "./status.ts";

export interface InstanceChange {
  row: InstanceRow;
  change: RowChange;
}

export async function writeInstances(tx: DbLike, serviceId: string, changes: readonly InstanceChange[]): Promise<void> {
  for (const { row, change } of changes) {
    await tx.instance.updateMany({ where: { id: row.id, serviceId }, data: change.patch });
  }
  const events = changes.flatMap(({ row, change }) => (change.event ? [{ ...change.event, instanceId: row.id }] : []));
  await writeEvents(tx, serviceId, events);
}

/** Writes what the service's row says, where that is new. Drops it where the owner has changed what is wanted meanwhile. */
export async function writeStatus(tx: DbLike, service: ServiceRow, status: ServiceStatus, now: Date): Promise<void> {
  if (sameStatus(service, status)) return;
  const moved = service.state !== status.state;
  const written = await tx.modelService.updateMany({
    where: { id: service.id, generation: service.generation },
    data: {
      ...status,
      ...(moved ? { stateSince: now } : {}),
      ...(status.state === "deleted" ? { deletedAt: now } : {}),
    },
  });
  if (written.count === 0 || !moved) return;
  if (status.state === "running") await writeEvents(tx, service.id, [{ kind: "service_running", data: {}, instanceId: null }]);
  if (status.state === "deleted") await writeEvents(tx, service.id, [{ kind: "service_deleted", data: {}, instanceId: null }]);
}

async function writeEvents(
  tx: DbLike,
  serviceId: string,
  events: readonly { kind: ServiceEventKind; data: ReasonData; instanceId: string | null }[],
): Promise<void> {
  if (events.length === 0) return;
  await tx.serviceEvent.createMany({ data: events.map((event) => ({ ...event, serviceId, actor: "deployer" })) });
}
