import type { Logger } from "#lib/observability/logger.ts";
import { type Driver, type Observation, RegionUnreachableError, regionUnreachable } from "../drivers/driver.ts";
import type { DriverRegistry } from "../drivers/registry.ts";
import { type ExecuteDeps, execute } from "./execute.ts";
import { acquireLease, type Lease, LeaseLostError, releaseLease } from "./lease.ts";
import { instanceRef, loadSnapshot } from "./load.ts";
import { type Plan, type PlanInput, plan } from "./plan.ts";
import { goalOf, type Snapshot, targetOf } from "./snapshot.ts";
import { sameStatus } from "./status.ts";

export interface ReconcileDeps extends Omit<ExecuteDeps, "driver"> {
  drivers: DriverRegistry;
  /** Names this deployer in leases; unique for each process. */
  holder: string;
  logger: Logger;
}

/** A plan is one step; a pass takes a few before it lets others have their turn. */
const stepsPerPass = 6;
const retryMs = 1_000;

/**
 * One pass over one service: looks, and where something is to be done takes the service's lease and does it. A service that
 * is as wanted costs a look and no write.
 * @returns milliseconds after which to look again, or null: whenever
 */
export async function reconcileService(deps: ReconcileDeps, seen: Snapshot): Promise<number | null> {
  const first = await look(deps, seen);
  if (isDone(seen, first)) return first.wakeMs;

  const serviceId = seen.service.id;
  const lease = await acquireLease(deps.db, serviceId, deps.holder);
  if (!lease) return retryMs;
  try {
    return await takeSteps(deps, lease, serviceId);
  } catch (error) {
    if (!(error instanceof LeaseLostError || error instanceof RegionUnreachableError)) throw error;
    deps.logger.warn({ service: serviceId, err: error }, "the step is dropped");
    return retryMs;
  } finally {
    await releaseLease(deps.db, lease).catch((error) => {
      deps.logger.warn({ service: serviceId, err: error }, "lease not released, it will run out");
    });
  }
}

async function takeSteps(deps: ReconcileDeps, lease: Lease, serviceId: string): Promise<number | null> {
  for (let step = 0; step < stepsPerPass; step++) {
    // Read again: what was seen before the lease may have been changed by its last holder.
    const snapshot = await loadSnapshot(deps.db, serviceId);
    if (!snapshot) return null;
    const planned = await look(deps, snapshot);
    if (isDone(snapshot, planned)) return planned.wakeMs;
    log(deps.logger, snapshot, planned);
    await execute({ ...deps, driver: planned.driver }, lease, snapshot, planned);
    // Signals take their time; the driver or the clock wakes us.
    if (planned.actions.length > 0 && planned.actions.every(isSignal)) return planned.wakeMs ?? retryMs;
  }
  return 0;
}

/** A plan, with the driver that it is for; null where the region could not be reached, so that there is nothing to do in it. */
async function look(deps: ReconcileDeps, snapshot: Snapshot): Promise<Plan & { driver: Driver | null }> {
  const { service, instances } = snapshot;
  const about = { service, instances, now: deps.now(), jitter: deps.random() };
  try {
    const driver = deps.drivers.driverFor({ ...service.spec.region, driver: service.driver });
    return { ...plan({ ...about, ...(await observe(driver, snapshot)) }), driver };
  } catch (error) {
    if (!(error instanceof RegionUnreachableError)) throw error;
    return { ...plan({ ...about, observations: new Map(), obstacle: null, unreachable: regionUnreachable(error) }), driver: null };
  }
}

async function observe(
  driver: Driver,
  { service, instances }: Snapshot,
): Promise<Pick<PlanInput, "observations" | "obstacle" | "unreachable">> {
  const observations = new Map<string, Observation>();
  const serving = instances.filter((row) => row.state === "ready").length;
  // To ask may start a download, which nobody wants for a service that is stopped or complete.
  const starts = goalOf(service) === "running" && (serving < targetOf(service) || instances.length > serving);
  const [obstacle] = await Promise.all([
    starts ? driver.obstacle(service.spec) : null,
    ...instances.map(async (row) => {
      observations.set(row.id, await driver.observe(instanceRef(service.id, row)));
    }),
  ]);
  const unreachable = obstacle?.reason === "region_unreachable" && observations.size === 0 ? obstacle : null;
  return { observations, obstacle, unreachable };
}

function isDone(snapshot: Snapshot, planned: Plan): boolean {
  return planned.actions.length === 0 && sameStatus(snapshot.service, planned.status);
}

function isSignal(action: Plan["actions"][number]): boolean {
  return action.kind === "terminate" || action.kind === "kill";
}

function log(logger: Logger, { service }: Snapshot, planned: Plan): void {
  for (const action of planned.actions) {
    // A run's facts hold no secret; the rows' tokens and nonces never come near an action.
    logger.info({ service: service.id, ...action }, `service ${service.spec.accessName}: ${action.kind}`);
  }
  if (service.state !== planned.status.state) {
    const { state, reason, reasonData } = planned.status;
    logger.info({ service: service.id, from: service.state, state, reason, reasonData }, `service ${service.spec.accessName} is ${state}`);
  }
}
