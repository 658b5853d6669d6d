import { randomBytes } from "node:crypto";
import type { Db } from "#lib/db/client.ts";
import { newId } from "#lib/ids.ts";
import { type Driver, RegionUnreachableError, type RunFacts, StartError } from "../drivers/driver.ts";
import type { InstanceAction } from "./actions.ts";
import { backoffMs } from "./backoff.ts";
import { assertHeld, type Lease, writeUnderLease } from "./lease.ts";
import { instanceRef } from "./load.ts";
import type { Plan } from "./plan.ts";
import { hold, rowChange, runOf, startFailed } from "./row-change.ts";
import type { InstanceRow, ServiceRow, Snapshot } from "./snapshot.ts";
import { type InstanceChange, writeInstances, writeStatus } from "./write.ts";

export interface ExecuteDeps {
  db: Db;
  /** Null where the region cannot be reached: then a plan has no steps. */
  driver: Driver | null;
  now: () => Date;
  /** In [0, 1). */
  random: () => number;
}

/**
 * Takes the steps of a plan. Rows first, then processes, then what came of them: a start is in its row, with the nonce it
 * will be known by, before there is a process, so that whoever comes after a crash finds it. Throws LeaseLostError.
 */
export async function execute(deps: ExecuteDeps, lease: Lease, snapshot: Snapshot, plan: Plan): Promise<void> {
  const { service } = snapshot;
  const rows = new Map(snapshot.instances.map((row) => [row.id, row]));
  const steps = plan.actions.flatMap((action) => {
    const row = action.kind === "create" ? undefined : rows.get(action.instanceId);
    return row && action.kind !== "create" ? [toStep(action, row, deps.now())] : [];
  });
  const created = plan.actions.flatMap((action) => (action.kind === "create" ? [newInstance(service, action.place)] : []));
  await writeUnderLease(deps.db, lease, async (tx) => {
    if (created.length > 0) await tx.instance.createMany({ data: created });
    await writeInstances(
      tx,
      service.id,
      steps.flatMap(({ row, change }) => (change ? [{ row, change }] : [])),
    );
    await writeStatus(tx, service, plan.status, deps.now());
  });
  const outcomes = await Promise.all(steps.map((step) => touchProcess(deps, lease, snapshot, step)));
  const changes = outcomes.filter((change) => change !== null);
  if (changes.length > 0) await writeUnderLease(deps.db, lease, (tx) => writeInstances(tx, service.id, changes));
}

interface Step {
  action: InstanceAction;
  row: InstanceRow;
  change: InstanceChange["change"] | null;
}

function toStep(action: InstanceAction, row: InstanceRow, now: Date): Step {
  const change = rowChange(action, row, now);
  if (action.kind !== "start" || !change) return { action, row, change };
  return { action, row, change: { ...change, patch: { ...change.patch, nonce: randomHex() } } };
}

/** The part of a step that rows cannot do; what has to be written after it, or null. */
async function touchProcess(deps: ExecuteDeps, lease: Lease, snapshot: Snapshot, step: Step): Promise<InstanceChange | null> {
  const row = { ...step.row, ...step.change?.patch };
  const ref = instanceRef(snapshot.service.id, row);
  const { driver } = deps;
  if (!driver) return null;
  switch (step.action.kind) {
    case "terminate":
    case "kill":
      assertHeld(lease);
      await driver.stop(ref, step.action.kind === "kill" ? "kill" : "drain");
      return null;
    case "start": {
      assertHeld(lease);
      const run = await tryStart(driver.start(ref, snapshot.service.spec));
      if (run === null) return null;
      if (!(run instanceof StartError)) return { row, change: { patch: runOf(run, row), event: null } };
      if (run.obstacle) return { row, change: hold(row, run.obstacle, deps.now()) };
      return { row, change: startFailed(row, run.message, backoffMs(row.failures + 1, deps.random()), deps.now()) };
    }
    default:
      return null;
  }
}

/** Null where the region was lost on the way, so that nobody knows: the row says that a start is under way, the next look tells. */
async function tryStart(start: Promise<RunFacts>): Promise<RunFacts | StartError | null> {
  try {
    return await start;
  } catch (error) {
    if (error instanceof StartError) return error;
    if (error instanceof RegionUnreachableError) return null;
    return new StartError(`could not start: ${(error as Error).message}`, { cause: error });
  }
}

function newInstance({ id: serviceId, instanceTypeId }: ServiceRow, upstreamEndpointId: string | null) {
  return { id: newId("ins"), serviceId, instanceTypeId, upstreamEndpointId, token: randomHex(), reason: "waiting_for_deployer" };
}

function randomHex(): string {
  return randomBytes(32).toString("hex");
}
