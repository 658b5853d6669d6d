import type { Db } from "#lib/db/client.ts";
import type { Logger } from "#lib/observability/logger.ts";
import type { Driver, Running } from "../drivers/driver.ts";

/** A live row, as far as it tells whose a process is. */
export interface OwnerRow {
  id: string;
  state: string;
  pid: number | null;
  pidStartedAt: string | null;
  nonce: string | null;
}

/**
 * Ends what runs and no live row owns. The list is taken before the rows are read: a start is in its row before there is a
 * process, so whatever was listed has its row, and nothing can be taken for an orphan only because it is new.
 */
export async function endOrphans(deps: { db: Db; logger: Logger }, driver: Driver): Promise<number> {
  const running = await driver.list();
  if (running.length === 0) return 0;
  const rows = await deps.db.instance.findMany({
    where: { id: { in: [...new Set(running.map((one) => one.instanceId))] }, state: { not: "stopped" } },
    select: { id: true, state: true, pid: true, pidStartedAt: true, nonce: true },
  });
  const byId = new Map(rows.map((row) => [row.id, row]));
  const orphans = running.filter((one) => !isOwned(one, byId.get(one.instanceId)));
  for (const orphan of orphans) {
    deps.logger.warn({ instance: orphan.instanceId, service: orphan.serviceId, pid: orphan.pid }, "ending a process that no row owns");
    await driver.end(orphan);
  }
  return orphans.length;
}

/** Whether a row says that this run is its own, or may yet turn out to be. Pure. */
export function isOwned(running: Running, row: OwnerRow | undefined): boolean {
  if (!row) return false;
  // Where runs are no processes of this machine, the nonce alone tells them apart.
  if (running.pid === null) return row.nonce !== null && row.nonce === running.nonce;
  if (row.pid !== null) return row.pid === running.pid && row.pidStartedAt === running.pidStartedAt;
  // A start under way: its pid comes to the row once it is known; the nonce tells runs of one instance apart.
  return row.nonce !== null && (row.state === "starting" || row.state === "draining") && (running.nonce ?? row.nonce) === row.nonce;
}
