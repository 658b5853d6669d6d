import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { serviceBilling, serviceBillingQuery, serviceDetail } from "#lib/contracts/services.ts";
import { createTestDatabase, type TestDatabase } from "#test/database.ts";
import { billWorkspace } from "../instance-billing/bill-workspace.ts";
import { listServiceBilling } from "../instance-billing/list.ts";
import {
  addInstance,
  type Billed,
  createBilled,
  deployBilled,
  giveCredit,
  hourNano,
  move,
  moveClock,
  secondNano,
} from "../instance-billing/testing/billed.ts";
import { checkInvariants } from "../invariants/check.ts";
import { getService } from "./get.ts";
import { remove } from "./remove.ts";
import { retryService } from "./retry.ts";
import { scale } from "./scale.ts";
import { startService } from "./start.ts";
import { stopService } from "./stop.ts";

const minuteNano = 60n * secondNano;
let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const outcomes = async (tries: Promise<unknown>[]) => {
  const counts: Record<string, number> = {};
  for (const one of await Promise.allSettled(tries)) {
    const said = one.status === "fulfilled" ? "done" : String((one.reason as { code?: string }).code ?? one.reason);
    counts[said] = (counts[said] ?? 0) + 1;
  }
  return counts;
};

test("stop and start keep the configuration, bump the generation, and are seen at once", async () => {
  const billed = await createBilled(database, 100n * minuteNano);
  const { db, user: ctx } = billed;
  const id = await deployBilled(billed, "svc", 3);
  await db.modelService.update({ where: { id }, data: { state: "running", observedGeneration: 1 } });
  const stopped = z.strictObject(serviceDetail.shape).parse(await stopService({ ctx, input: { id, generation: 1 } }));
  expect(stopped).toMatchObject({ wanted: "stopped", wantedInstances: 3, generation: 2, state: "stopping", reason: "draining" });
  expect(stopped.events[0]).toMatchObject({ kind: "stop_requested" });
  await db.modelService.update({ where: { id }, data: { state: "stopped", observedGeneration: 2 } });
  expect(await stopService({ ctx, input: { id, generation: 2 } })).toMatchObject({ generation: 2, state: "stopped" });
  const started = await startService({ ctx, input: { id, generation: 2 } });
  expect(started).toMatchObject({ wanted: "running", wantedInstances: 3, generation: 3, state: "pending", reason: "waiting_for_deployer" });
  expect(await db.auditEvent.count({ where: { targetId: id, action: { in: ["service.stop", "service.start"] } } })).toBe(2);
});

test("each verb refuses a generation that has passed, a stranger, and a service that is being deleted", async () => {
  const billed = await createBilled(database, 100n * minuteNano);
  const stranger = await createBilled(database, 0n);
  const id = await deployBilled(billed, "svc");
  const verbs = [
    (ctx: Billed["user"], generation: number) => stopService({ ctx, input: { id, generation } }),
    (ctx: Billed["user"], generation: number) => startService({ ctx, input: { id, generation } }),
    (ctx: Billed["user"], generation: number) => retryService({ ctx, input: { id, generation } }),
    (ctx: Billed["user"], generation: number) => scale({ ctx, input: { id, generation, add: 1 } }),
  ];
  for (const verb of verbs) {
    await expect(verb(billed.user, 7)).rejects.toMatchObject({ code: "conflict", data: { generation: 1, wantedInstances: 1 } });
    await expect(verb(stranger.user, 1)).rejects.toMatchObject({ code: "not_found" });
  }
  await remove({ ctx: billed.user, input: { id, confirmName: "svc" } });
  for (const verb of verbs) await expect(verb(billed.user, 2)).rejects.toMatchObject({ code: "conflict" });
  expect(await getService({ ctx: billed.user, input: { id } })).toMatchObject({ generation: 2, state: "deleting" });
});

test("of 1,000 verbs on one generation one is done, and the others are told of the conflict", async () => {
  const billed = await createBilled(database, 10_000n * minuteNano);
  const { user: ctx } = billed;
  const id = await deployBilled(billed, "svc", 5);
  const verb = (n: number) => {
    if (n % 4 === 0) return scale({ ctx, input: { id, generation: 1, add: 1 + (n % 7) } });
    if (n % 4 === 1) return stopService({ ctx, input: { id, generation: 1 } });
    if (n % 4 === 2) return retryService({ ctx, input: { id, generation: 1 } });
    return scale({ ctx, input: { id, generation: 1, add: -1 } });
  };
  expect(await outcomes(Array.from({ length: 1_000 }, (_, n) => verb(n)))).toEqual({ done: 1, conflict: 999 });
  expect(await getService({ ctx, input: { id } })).toMatchObject({ generation: 2 });
  expect(await billed.db.serviceEvent.count({ where: { serviceId: id } })).toBe(2);
}, 60_000);

test("a minute of all wanted instances must be there: deploy, scale and start say what is missing", async () => {
  const billed = await createBilled(database, 3n * minuteNano - 1n);
  const { db, user: ctx, workspaceId } = billed;
  const refused = { code: "credit_balance_exhausted", data: { neededNano: "180000", availableNano: "179999" } };
  await expect(deployBilled(billed, "big", 3)).rejects.toMatchObject(refused);
  expect(await db.modelService.count({ where: { workspaceId } })).toBe(0);
  const id = await deployBilled(billed, "svc", 2);
  await expect(deployBilled(billed, "other")).rejects.toMatchObject(refused);
  await expect(scale({ ctx, input: { id, generation: 1, add: 1 } })).rejects.toMatchObject(refused);
  await expect(scale({ ctx, input: { id, generation: 1, add: 1 } })).rejects.toThrow(/0\.00018\b.*0\.000179999/);
  expect(await getService({ ctx, input: { id } })).toMatchObject({ generation: 1, wantedInstances: 2 });
  await stopService({ ctx, input: { id, generation: 1 } });
  await deployBilled(billed, "other", 2);
  await expect(startService({ ctx, input: { id, generation: 2 } })).rejects.toMatchObject({ code: "credit_balance_exhausted" });
  await giveCredit(db, workspaceId, minuteNano + 1n);
  expect(await startService({ ctx, input: { id, generation: 2 } })).toMatchObject({ generation: 3 });
  // Fewer instances cost nothing, whatever is left.
  expect(await scale({ ctx, input: { id, generation: 3, add: -1 } })).toMatchObject({ wantedInstances: 1 });
});

test("seconds that are not charged yet are not there to be promised again", async () => {
  const billed = await createBilled(database, 3n * minuteNano + 50n * secondNano);
  const { db, user: ctx } = billed;
  const id = await deployBilled(billed, "svc");
  await move(db, await addInstance(db, id), "ready");
  await moveClock(db, 55);
  await expect(scale({ ctx, input: { id, generation: 1, add: 2 } })).rejects.toMatchObject({ code: "credit_balance_exhausted" });
  expect(await scale({ ctx, input: { id, generation: 1, add: 1 } })).toMatchObject({ wantedInstances: 2 });
});

test("a hundred deploys at once on credit for four: four", async () => {
  const billed = await createBilled(database, 4n * minuteNano);
  const tries = Array.from({ length: 100 }, (_, n) => deployBilled(billed, `svc-${n}`));
  expect(await outcomes(tries)).toEqual({ done: 4, credit_balance_exhausted: 96 });
});

test("what gateways hold idle is asked back before anything is refused", async () => {
  const billed = await createBilled(database, 2n * minuteNano);
  const { db, workspaceId } = billed;
  await db.$queryRaw`SELECT * FROM draw_credit('gtw_1', ${workspaceId}, 'op_1', ${minuteNano + 1n}, 0, 0, NULL)`;
  const deployed = deployBilled(billed, "svc");
  const recalled = async () => (await db.creditRecall.count({ where: { workspaceId } })) > 0;
  while (!(await recalled())) await new Promise((resolve) => setTimeout(resolve, 20));
  await db.$queryRaw`SELECT return_credit('gtw_1', ${workspaceId}, 'op_2', ${minuteNano + 1n}, 1)`;
  await deployed;
  await expect(deployBilled(billed, "two", 2)).rejects.toMatchObject({ code: "credit_balance_exhausted" });
});

test("retry forgets failures, and takes another type or number of instances", async () => {
  const billed = await createBilled(database, 100n * minuteNano);
  const { db, user: ctx, place } = billed;
  const id = await deployBilled(billed, "svc", 2);
  const instanceId = await addInstance(db, id);
  const failing = { state: "backoff", reason: "process_exited", failures: 9, retryAt: new Date(Date.now() + 300_000) } as const;
  await db.instance.update({ where: { id: instanceId }, data: failing });
  const before = await db.instanceType.findUniqueOrThrow({ where: { id: place.instanceTypeId } });
  const { place: other } = await createBilled(database, 0n);
  const after = await db.instanceType.findUniqueOrThrow({ where: { id: other.instanceTypeId } });
  await expect(retryService({ ctx, input: { id, generation: 1, instanceTypeId: "typ_none" } })).rejects.toMatchObject({
    code: "invalid_value",
    param: "instanceTypeId",
  });
  expect(await db.instance.findUniqueOrThrow({ where: { id: instanceId } })).toMatchObject({ failures: 9 });
  const input = { id, generation: 1, instanceTypeId: after.id, instances: 4 };
  const retried = z.strictObject(serviceDetail.shape).parse(await retryService({ ctx, input }));
  expect(retried).toMatchObject({ generation: 2, instanceTypeId: after.id, instanceType: after.name, wantedInstances: 4 });
  expect(retried.events[0]).toMatchObject({ kind: "retry_requested", data: { from: `2 × ${before.name}`, to: `4 × ${after.name}` } });
  expect(retried.instances).toMatchObject([{ id: instanceId, instanceType: before.name, retryAt: null }]);
  expect(await db.instance.findUniqueOrThrow({ where: { id: instanceId } })).toMatchObject({ failures: 0, retryAt: null });
  await expect(retryService({ ctx, input: { id, generation: 2, instances: 1_000 } })).rejects.toMatchObject({
    code: "credit_balance_exhausted",
  });
});

test("a service shows what it has cost, and its intervals", async () => {
  const billed = await createBilled(database, 100n * minuteNano);
  const { db, user: ctx, workspaceId } = billed;
  const id = await deployBilled(billed, "svc", 2);
  const [one, two] = [await addInstance(db, id), await addInstance(db, id)];
  await move(db, one, "ready");
  await moveClock(db, 30);
  await move(db, two, "ready");
  await moveClock(db, 40);
  await billWorkspace(db, workspaceId);
  await move(db, one, "stopped");
  const query = serviceBillingQuery.parse({ pageSize: 1 });
  const billing = z.strictObject(serviceBilling.shape).parse(await listServiceBilling({ ctx, input: { id, ...query } }));
  expect(billing).toMatchObject({ total: 2, page: 1, pageSize: 1, openIntervals: 1 });
  const [item] = billing.items;
  expect(item).toMatchObject({ instanceId: two, endedAt: null, endReason: null, hourNano: hourNano.toString(), chargedNano: "0" });
  expect(BigInt(item?.costNano ?? 0)).toBe(BigInt(item?.seconds ?? 0) * secondNano);
  expect(item?.seconds).toBeGreaterThanOrEqual(40);
  const { costNano, openHourNano } = await getService({ ctx, input: { id } });
  expect(openHourNano, "one of the two goes on").toBe(hourNano.toString());
  const cost = Number(costNano) / Number(secondNano);
  expect(cost).toBeGreaterThanOrEqual(110);
  expect(cost).toBeLessThan(125);
  const stranger = await createBilled(database, 0n);
  await expect(listServiceBilling({ ctx: stranger.user, input: { id, ...query } })).rejects.toMatchObject({ code: "not_found" });
  expect((await checkInvariants(database)).filter((result) => result.violations > 0)).toEqual([]);
});
