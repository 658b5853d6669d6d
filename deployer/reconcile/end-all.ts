import { setTimeout as sleep } from "node:timers/promises";
import type { Driver } from "../drivers/driver.ts";
import { acquireLease, type Lease, releaseLease, writeUnderLease } from "./lease.ts";
import { instanceRef, loadSnapshot, loadSnapshots } from "./load.ts";
import { endOrphans } from "./orphans.ts";
import { drainLimitMs } from "./plan.ts";
import type { ReconcileDeps } from "./reconcile.ts";
import { backToPending, rowChange } from "./row-change.ts";
import type { InstanceRow, Snapshot } from "./snapshot.ts";
import { serviceStatus } from "./status.ts";
import { writeInstances, writeStatus } from "./write.ts";

const leaseWaitMs = 16_000;
const killWaitMs = 3_000;
const pollMs = 50;

/**
 * Ends every instance on this machine in order: out of service, drained for 10 s at most, killed where that was not enough. What was wanted
 * stays wanted: rows go back to `pending`, so that the next start brings them up again.
 * What runs elsewhere serves on.
 */
export async function endAll(deps: ReconcileDeps): Promise<void> {
  const snapshots = (await loadSnapshots(deps.db)).filter(({ service }) => service.driver === "local");
  const results = await Promise.allSettled(snapshots.map((snapshot) => endService(deps, snapshot)));
  for (const result of results)
    if (result.status === "rejected") deps.logger.error({ err: result.reason }, "could not end a service in order");
  for (const { driver, name } of deps.drivers.opened()) if (name === "local") await endOrphans(deps, driver);
}

async function endService(deps: ReconcileDeps, { service, instances }: Snapshot): Promise<void> {
  if (instances.length === 0) return;
  const driver = deps.drivers.driverFor({ ...service.spec.region, driver: service.driver });
  const lease = await waitForLease(deps, service.id);
  try {
    const snapshot = await loadSnapshot(deps.db, service.id);
    if (!snapshot) return;
    // Those already leaving end for good; the others come back.
    const leaving = new Set(snapshot.instances.filter((row) => row.state === "draining").map((row) => row.id));
    await takeOutOfService(deps, lease, snapshot);
    await drainAll(deps, driver, lease, snapshot);
    await writeEnded(deps, lease, snapshot, leaving);
  } finally {
    await releaseLease(deps.db, lease).catch(() => {});
  }
}

async function waitForLease(deps: ReconcileDeps, serviceId: string): Promise<Lease> {
  const end = performance.now() + leaseWaitMs;
  for (;;) {
    const lease = await acquireLease(deps.db, serviceId, deps.holder);
    if (lease) return lease;
    if (performance.now() > end) throw new Error(`another deployer keeps service ${serviceId}`);
    await sleep(250);
  }
}

async function takeOutOfService(deps: ReconcileDeps, lease: Lease, { service, instances }: Snapshot): Promise<void> {
  const changes = instances.flatMap((row) => {
    const change = row.state === "ready" ? rowChange({ kind: "drain", instanceId: row.id }, row, deps.now()) : null;
    return change ? [{ row, change }] : [];
  });
  await writeUnderLease(deps.db, lease, (tx) => writeInstances(tx, service.id, changes));
}

async function drainAll(deps: ReconcileDeps, driver: Driver, lease: Lease, { service, instances }: Snapshot): Promise<void> {
  const refs = instances.map((row) => instanceRef(service.id, row));
  await Promise.all(refs.map((ref) => driver.stop(ref, "drain")));
  const gone = () => Promise.all(refs.map(async (ref) => (await driver.observe(ref)).phase === "gone"));
  if (await waitFor(async () => (await gone()).every(Boolean), drainLimitMs)) return;
  await writeUnderLease(deps.db, lease, async () => {});
  await Promise.all(refs.map((ref) => driver.stop(ref, "kill")));
  if (!(await waitFor(async () => (await gone()).every(Boolean), killWaitMs)))
    throw new Error(`processes of service ${service.id} do not end`);
}

async function waitFor(done: () => Promise<boolean>, limitMs: number): Promise<boolean> {
  const end = performance.now() + limitMs;
  while (!(await done())) {
    if (performance.now() > end) return false;
    await sleep(pollMs);
  }
  return true;
}

async function writeEnded(
  deps: ReconcileDeps,
  lease: Lease,
  { service, instances }: Snapshot,
  leaving: ReadonlySet<string>,
): Promise<void> {
  const now = deps.now();
  const changes = instances.flatMap((row) => {
    const change = leaving.has(row.id) ? rowChange({ kind: "stopped", instanceId: row.id }, row, now) : backToPending(row, now);
    return change ? [{ row, change }] : [];
  });
  const after: InstanceRow[] = changes.map(({ row, change }) => ({ ...row, ...change.patch }));
  await writeUnderLease(deps.db, lease, async (tx) => {
    await writeInstances(tx, service.id, changes);
    await writeStatus(tx, service, serviceStatus(service, after), now);
  });
}
