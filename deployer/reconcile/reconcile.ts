import type { Logger } from "#lib/observability/logger.ts";
import { type Driver, type Observation, RegionUnreachableError, regionUnreachable } from "../drivers/driver.ts";
import type { DriverRegistry } from "../drivers/registry.ts";
import { type ExecuteDeps, execute } from "./execute.ts";
import { acquireLease, type Lease, LeaseLostError, releaseLease } from "./lease.ts";
import { instanceRef, loadSnapshot } from "./load.ts";
import { type Plan, type PlanInput, plan } from "./plan.ts";
import { goalOf, type InstanceRow, type Snapshot } from "./snapshot.ts";
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
    // Where nobody has worked on it since it was read, and nothing else is wanted, what was decided still holds.
    const holds = seen.fence !== null && lease.fence === seen.fence + 1n && lease.generation === seen.service.generation;
    return await takeSteps(deps, lease, holds ? { snapshot: seen, planned: first } : await read(deps, serviceId));
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

interface Decided {
  snapshot: Snapshot;
  planned: Plan & { driver: Driver | null };
}

async function takeSteps(deps: ReconcileDeps, lease: Lease, first: Decided | null): Promise<number | null> {
  let decided = first;
  for (let step = 0; step < stepsPerPass; step++) {
    if (!decided) return null;
    const { snapshot, planned } = decided;
    if (isDone(snapshot, planned)) return planned.wakeMs;
    log(deps.logger, snapshot, planned);
    await execute({ ...deps, driver: planned.driver }, lease, snapshot, planned);
    // These take their time; the driver, the clock or what was written wakes us.
    if (planned.actions.length > 0 && planned.actions.every(takesTime)) return planned.wakeMs ?? retryMs;
    decided = await read(deps, lease.serviceId);
  }
  return 0;
}

/** As it is now; null where it is deleted. */
async function read(deps: ReconcileDeps, serviceId: string): Promise<Decided | null> {
  const snapshot = await loadSnapshot(deps.db, serviceId);
  return snapshot && { snapshot, planned: await look(deps, snapshot) };
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
  // To ask may start a download, which nobody wants for a service that is stopped or complete.
  const starts = goalOf(service) === "running" && (instances.length === 0 || instances.some(mayStart));
  const [obstacle] = await Promise.all([
    starts ? driver.obstacle(service.spec) : null,
    ...instances.map(async (row) => {
      observations.set(row.id, await driver.observe(instanceRef(service.id, row)));
    }),
  ]);
  const unreachable = obstacle?.reason === "region_unreachable" && observations.size === 0 ? obstacle : null;
  return { observations, obstacle, unreachable };
}

/** Whether the next step may be its start. */
function mayStart({ state, pid }: InstanceRow): boolean {
  return state === "pending" || state === "backoff" || (state === "starting" && pid === null);
}

function isDone(snapshot: Snapshot, planned: Plan): boolean {
  return planned.actions.length === 0 && sameStatus(snapshot.service, planned.status);
}

function takesTime({ kind }: Plan["actions"][number]): boolean {
  return kind === "start" || kind === "terminate" || kind === "kill";
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
