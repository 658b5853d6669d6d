import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { nanoPerUnit } from "#lib/money/nano.ts";
import { retryService } from "#lib/services/model-services/retry.ts";
import { type SignedIn, signedIn, visitor } from "#lib/services/test-context.ts";
import { addCredit, changeWanted, createService } from "#test/services-factory.ts";
import { eventually } from "./drivers/contract.ts";
import { createInstallation, type Installation } from "./testing/installation.ts";
import { Deployers, type Goal } from "./testing/killed.ts";

/** One plan of the deployer's, whose each step it is killed after. */
interface Plan {
  name: string;
  /** Brings about what it begins with, by deployers that nobody kills. */
  before?: (place: Place) => Promise<unknown>;
  /** What sets it off. */
  change(place: Place): Promise<unknown>;
  goal: Goal;
  /** Fewer steps would not be what they are thought to be. */
  least: number;
}

interface Place {
  installation: Installation;
  deployers: Deployers;
  owner: SignedIn;
  /** The service that it is about. */
  id: string;
}

/** Pays for all instances of a round. */
const plenty = 1_000_000n * nanoPerUnit;

const running = (instances: number): Goal => ({ state: "running", instances });
const none = (state: "stopped" | "suspended" | "deleted"): Goal => ({ state, instances: 0 });
const want =
  (wanted: Parameters<typeof changeWanted>[2]) =>
  ({ installation, id }: Place) =>
    changeWanted(installation.database.db, id, wanted);

/** Plans that end, one after the other, as they began. Those that mostly wait are tried in two places at once, every other step each. */
interface Round {
  plans: Plan[];
  first: number;
  every: number;
}

const inArrears: Plan[] = [
  { name: "suspend", change: takeCredit, goal: none("suspended"), least: 14 },
  { name: "resume", change: giveCredit, goal: running(1), least: 16 },
];

const rounds: Round[] = [
  { plans: inArrears, first: 1, every: 2 },
  { plans: inArrears, first: 2, every: 2 },
  ...[
    [
      { name: "scale up", change: want({ wantedInstances: 3 }), goal: running(3), least: 18 },
      { name: "scale down", change: want({ wantedInstances: 1 }), goal: running(1), least: 14 },
    ],
    [{ name: "replace by another type", change: changeType, goal: running(1), least: 22 }],
    [
      { name: "delete", change: want({ wanted: "deleted" }), goal: none("deleted"), least: 11 },
      { name: "start", change: create, goal: running(1), least: 14 },
    ],
    [
      { name: "stop", change: want({ wanted: "stopped" }), goal: none("stopped"), least: 11 },
      { name: "start again", change: want({ wanted: "running" }), goal: running(1), least: 14 },
    ],
    [{ name: "make good a crash", change: crash, goal: running(1), least: 14 }],
    [{ name: "retry", before: failOften, change: retry, goal: running(1), least: 12 }],
  ].map((plans) => ({ plans, first: 1, every: 1 })),
];

let cache: string;
beforeAll(async () => {
  cache = await mkdtemp(join(tmpdir(), "hydra-killed-"));
});
afterAll(() => rm(cache, { recursive: true, force: true }));

test.concurrent.each(rounds.map((round) => ({ ...round, names: round.plans.map(({ name }) => name).join(", ") })))(
  "killed after each step (from $first, every $every), the next deployer gets there: $names",
  { timeout: 600_000 },
  ({ plans, first, every }) =>
    onPlace(async (place) => {
      const steps = new Map<Plan, number>();
      for (let killAfter = first; steps.size < plans.length; killAfter += every) {
        for (const plan of plans) {
          const isDone = steps.has(plan);
          const wasKilled = await carryOut(place, plan, isDone ? null : killAfter);
          if (!wasKilled && !isDone) steps.set(plan, killAfter - 1);
        }
      }
      for (const [{ name, least }, count] of steps) expect(count, `steps of ${name}`).toBeGreaterThanOrEqual(least);
    }),
);

/** Whether a deployer was killed on the way. */
async function carryOut(place: Place, { name, before, change, goal }: Plan, killAfter: number | null): Promise<boolean> {
  const { deployers, installation } = place;
  try {
    await before?.(place);
    if (killAfter !== null) await deployers.tell({ killAfter });
    await change(place);
    const wasKilled = await deployers.reach(() => deployers.expectGoal(place.id, goal));
    await deployers.expectInvariants();
    return wasKilled;
  } catch (cause) {
    throw new Error(`${name}, killed after step ${killAfter}: did not get there\n${installation.log().slice(-20_000)}`, { cause });
  }
}

async function onPlace(work: (place: Place) => Promise<void>): Promise<void> {
  const installation = await createInstallation({ NODE_COMPILE_CACHE: cache });
  const owner = await signedIn(visitor(installation.database.db));
  const deployers = new Deployers(installation, 3);
  const place: Place = { installation, deployers, owner, id: "" };
  try {
    await addCredit(installation.database.db, owner.actor.workspaceId, plenty);
    await create(place);
    await carryOut(place, { name: "start", change: async () => {}, goal: running(1), least: 0 }, null);
    await work(place);
  } finally {
    await deployers.stop();
    await installation.dispose();
  }
}

test("killed after each step of adopting what a killed start has left", { timeout: 300_000 }, () =>
  onPlace(async (place) => {
    const { deployers, installation } = place;
    let killAfter = 1;
    // Between two steps all may look done for a moment: a step counts as the last when it was not reached three times.
    for (let misses = 0; misses < 3; ) {
      await changeWanted(installation.database.db, place.id, { wanted: "stopped" });
      await deployers.reach(() => deployers.expectGoal(place.id, none("stopped")));
      await deployers.tell({ killAfter: "spawn", stopSpawned: true });
      await changeWanted(installation.database.db, place.id, { wanted: "running" });
      await deployers.untilKilled();
      const [left] = await installation.engines();
      deployers.start({ killAfter });
      // It stands still, so it cannot be known by what it answers.
      const wasKilled = await deployers.reach(() => expectAdopted(place, left));
      process.kill(left ?? 0, "SIGCONT");
      await deployers.reach(() => deployers.expectGoal(place.id, running(1)));
      expect(await installation.engines()).toEqual([left]);
      await deployers.expectInvariants();
      misses = wasKilled ? 0 : misses + 1;
      if (wasKilled) killAfter += 1;
    }
    expect(killAfter).toBeGreaterThan(4);
  }),
);

async function expectAdopted({ installation, deployers, id }: Place, pid: number | undefined): Promise<void> {
  const [row, ...others] = await installation.database.db.instance.findMany({ where: { serviceId: id, state: { not: "stopped" } } });
  expect(others).toEqual([]);
  expect(row).toMatchObject({ state: "starting", pid });
  expect(await installation.database.db.serviceEvent.count({ where: { instanceId: row?.id ?? "", kind: "instance_adopted" } })).toBe(1);
  await deployers.expectRest(id);
}

async function create(place: Place): Promise<void> {
  place.id = await createService(place.installation.database.db, { workspaceId: place.owner.actor.workspaceId });
}

async function takeCredit({ installation, owner }: Place): Promise<void> {
  const { db } = installation.database;
  const { workspaceId } = owner.actor;
  const { balanceNano, leasedNano } = await db.ledgerAccount.findFirstOrThrow({ where: { kind: "wallet", workspaceId } });
  await addCredit(db, workspaceId, leasedNano - balanceNano);
}

function giveCredit({ installation, owner }: Place): Promise<void> {
  return addCredit(installation.database.db, owner.actor.workspaceId, plenty);
}

async function changeType({ installation, id }: Place): Promise<void> {
  const { db } = installation.database;
  const { instanceTypeId } = await db.modelService.findUniqueOrThrow({ where: { id } });
  const other = await db.instanceType.findFirstOrThrow({
    where: { region: { name: "local" }, id: { not: instanceTypeId } },
    orderBy: { sortOrder: "asc" },
  });
  await db.modelService.update({ where: { id }, data: { instanceTypeId: other.id, generation: { increment: 1 } } });
}

/** @param failures so many ends in a row before this one; the next start waits the longer */
async function endEngines({ installation, id }: Place, failures: number): Promise<void> {
  await installation.database.db.instance.updateMany({ where: { serviceId: id }, data: { failures } });
  for (const pid of await installation.engines(id)) process.kill(pid, "SIGKILL");
  await eventually(async () => expect(await installation.engines(id)).toEqual([]), 5_000);
}

function crash(place: Place): Promise<void> {
  return endEngines(place, 0);
}

async function failOften(place: Place): Promise<void> {
  const { db } = place.installation.database;
  // Healthy for a minute it would forget them by itself.
  await endEngines(place, 7);
  await place.deployers.reach(async () => {
    const [row] = await db.instance.findMany({ where: { serviceId: place.id, state: "backoff" } });
    expect(row?.retryAt?.getTime()).toBeGreaterThan(Date.now() + 30_000);
  });
}

async function retry({ installation, owner, id }: Place): Promise<void> {
  const { generation } = await installation.database.db.modelService.findUniqueOrThrow({ where: { id } });
  await retryService({ ctx: owner, input: { id, generation } });
}
