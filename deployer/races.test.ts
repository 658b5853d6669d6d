import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { AppError } from "#lib/errors.ts";
import { checkInvariants } from "#lib/services/invariants/check.ts";
import { scale } from "#lib/services/model-services/scale.ts";
import { type SignedIn, signedIn, visitor } from "#lib/services/test-context.ts";
import { createService } from "#test/services-factory.ts";
import { eventually } from "./drivers/contract.ts";
import { surge } from "./reconcile/replicas.ts";
import { createInstallation, type Installation } from "./testing/installation.ts";

let installation: Installation;
let owner: SignedIn;
beforeAll(async () => {
  installation = await createInstallation();
  owner = await signedIn(visitor(installation.database.db));
  await installation.startReady();
  // A second one at the same time, as in an installation of several machines.
  installation.start();
});
afterAll(() => installation.dispose());
afterEach(async (context) => {
  if (context.task.result?.state === "fail") process.stderr.write(installation.log());
});

const calls = 1_000;
const callers = 10;
const bounds = { min: 1, max: 3 };

async function expectSettled(id: string): Promise<void> {
  const { db } = installation.database;
  await eventually(async () => {
    const service = await db.modelService.findUniqueOrThrow({
      where: { id },
      include: { instances: { where: { state: { not: "stopped" } } } },
    });
    expect(service).toMatchObject({ state: "running", observedGeneration: service.generation });
    expect(service.instances.map((row) => row.state)).toEqual(Array.from({ length: service.wantedInstances }, () => "ready"));
    expect(await installation.engines(id)).toHaveLength(service.wantedInstances);
  }, 60_000);
}

test(`${calls} scale calls that race: each generation is changed once, and never more serve than were wanted`, {
  timeout: 240_000,
}, async () => {
  const { db } = installation.database;
  const id = await createService(db, { workspaceId: owner.actor.workspaceId });
  await expectSettled(id);
  let racing = true;
  let most = 0;
  const watch = (async () => {
    while (racing) {
      const [ready, alive] = await Promise.all([db.instance.count({ where: { serviceId: id, state: "ready" } }), installation.engines(id)]);
      most = Math.max(most, ready);
      // Those that drain still live.
      expect(alive.length).toBeLessThanOrEqual(2 * (bounds.max + surge));
      await sleep(100);
    }
  })();
  const answers: string[] = [];
  const caller = async () => {
    while (answers.length < calls) {
      const { generation, wantedInstances } = await db.modelService.findUniqueOrThrow({ where: { id } });
      const add = wantedInstances >= bounds.max ? -1 : wantedInstances <= bounds.min ? 1 : Math.random() < 0.5 ? 1 : -1;
      const call = scale({ ctx: owner, input: { id, add, generation } });
      answers.push(
        await call.then(
          () => "changed",
          (error) => (error instanceof AppError ? error.code : String(error)),
        ),
      );
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  racing = false;
  await watch;
  expect(new Set(answers)).toEqual(new Set(["changed", "conflict"]));
  const changed = answers.filter((answer) => answer === "changed").length;
  const service = await db.modelService.findUniqueOrThrow({ where: { id } });
  expect(service.generation).toBe(1 + changed);
  expect(await db.serviceEvent.count({ where: { serviceId: id, kind: "scale_requested" } })).toBe(changed);
  expect(most).toBeLessThanOrEqual(bounds.max + surge);
  await expectSettled(id);
  for (const { name, violations, samples } of await checkInvariants({ db })) expect(violations, `${name}: ${samples}`).toBe(0);
});

test.runIf(process.platform === "linux")("instances that nobody calls use next to no processor time", { timeout: 60_000 }, async () => {
  const { db } = installation.database;
  const id = await createService(db, { wantedInstances: 3 });
  await expectSettled(id);
  // What a start leaves to do, compiling and collecting, is over by then.
  await sleep(5_000);
  const pids = await installation.engines(id);
  const ticks = async () => Promise.all(pids.map(processorTicks));
  const before = await ticks();
  await sleep(10_000);
  const after = await ticks();
  const secondsEach = after.map((now, index) => (now - (before[index] ?? 0)) / 100);
  // Ten health answers each; a loop that polls would take most of a core.
  for (const seconds of secondsEach) expect(seconds).toBeLessThan(0.15);
});

/** User and system time in hundredths of a second (fields 14 and 15 of proc(5) stat). */
async function processorTicks(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return Number(fields[11]) + Number(fields[12]);
}
