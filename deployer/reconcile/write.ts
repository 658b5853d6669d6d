import type { ServiceEventKind } from "#lib/contracts/services.ts";
import type { DbLike } from "#lib/db/client.ts";
import type { RowChange } from "./row-change.ts";
import { goalOf, type InstanceRow, type ReasonData, type ServiceRow, type ServiceStatus } from "./snapshot.ts";
import { reasonTable } from "./state-table.ts";
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
  if (written.count === 0) return;
  await writeEvents(
    tx,
    service.id,
    statusEvents(service, status, now).map((event) => ({ ...event, instanceId: null })),
  );
}

/** What a change of a service's row adds to its timeline. Pure. */
export function statusEvents(before: ServiceRow, after: ServiceStatus, now: Date): { kind: ServiceEventKind; data: ReasonData }[] {
  const events: { kind: ServiceEventKind; data: ReasonData }[] = [];
  const fetched = before.reason === "downloading_weights" && reasonTable[after.reason].holds !== "failed";
  if (fetched && after.reason !== before.reason && goalOf(before) === "running" && after.reason !== "region_unreachable") {
    const bytes = before.reasonData.totalBytes ?? before.reasonData.doneBytes ?? 0;
    events.push({ kind: "weights_downloaded", data: { bytes, seconds: secondsSince(before.stateSince, now) } });
  }
  if (after.reason === "download_failed" && before.reason !== "download_failed") {
    events.push({ kind: "download_failed", data: { detail: after.reasonData.detail ?? "" } });
  }
  if (before.state === after.state) return events;
  if (after.state === "running") events.push({ kind: "service_running", data: {} });
  if (after.state === "deleted") events.push({ kind: "service_deleted", data: {} });
  return events;
}

function secondsSince(since: Date, now: Date): number {
  return Math.max(0, Math.round((now.getTime() - since.getTime()) / 1_000));
}

async function writeEvents(
  tx: DbLike,
  serviceId: string,
  events: readonly { kind: ServiceEventKind; data: ReasonData; instanceId: string | null }[],
): Promise<void> {
  if (events.length === 0) return;
  await tx.serviceEvent.createMany({ data: events.map((event) => ({ ...event, serviceId, actor: "deployer" })) });
}
