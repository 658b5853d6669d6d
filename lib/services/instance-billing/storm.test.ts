import { afterAll, beforeAll, expect, test } from "vitest";
import { seededRandom } from "#gateway/snapshot/seeded-random.fixture.ts";
import { AppError } from "#lib/errors.ts";
import { newId } from "#lib/ids.ts";
import { createTestDatabase, type TestDatabase } from "#test/database.ts";
import { checkInvariants } from "../invariants/check.ts";
import { verifyLedger } from "../ledger/verify.ts";
import { remove } from "../model-services/remove.ts";
import { retryService } from "../model-services/retry.ts";
import { scale } from "../model-services/scale.ts";
import { startService } from "../model-services/start.ts";
import { stopService } from "../model-services/stop.ts";
import { billWorkspace } from "./bill-workspace.ts";
import { resumeServices } from "./resume-services.ts";
import { suspendServices } from "./suspend-services.ts";
import {
  addInstance,
  type Billed,
  createBilled,
  deployBilled,
  giveCredit,
  moveClock,
  type Step,
  secondNano,
  wallet,
} from "./testing/billed.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const steps: Step[] = ["starting", "ready", "ready", "draining", "backoff", "stopped", "pending"];

interface World extends Billed {
  services: string[];
  random: () => number;
  pick: <T>(items: readonly T[]) => T;
}

/** As the deployer writes: the service's row first, then the instance's. */
async function deployerMoves({ db, services, pick }: World): Promise<void> {
  const serviceId = pick(services);
  const state = pick(steps);
  await db.$transaction(async (tx) => {
    await tx.$executeRaw`UPDATE "model_services" SET "leaseUntil" = clock_timestamp() WHERE "id" = ${serviceId}`;
    const rows = await tx.instance.findMany({ where: { serviceId, state: { not: "stopped" } }, orderBy: { id: "asc" } });
    if (rows.length === 0) return;
    const ready = state === "ready" ? { endpoint: "http://127.0.0.1:1", readyAt: new Date() } : {};
    const stopped = state === "stopped" ? { stoppedAt: new Date() } : {};
    await tx.instance.update({ where: { id: pick(rows).id }, data: { state, ...ready, ...stopped } });
  });
}

/** A call's charge by a gateway: drawn, settled, the rest given back. */
async function gatewayCalls({ db, workspaceId, user, random, pick }: World): Promise<void> {
  const gateway = pick(["gtw_1", "gtw_2"]);
  const needed = BigInt(1 + Math.floor(random() * 20_000));
  const drawn = await db.$queryRaw<{ granted: bigint }[]>`
    SELECT * FROM draw_credit(${gateway}, ${workspaceId}, ${newId("req")}, ${needed}, ${needed}, 0, NULL)`;
  const granted = drawn[0]?.granted ?? 0n;
  if (granted === 0n) return;
  const service = await db.modelService.findFirstOrThrow({ where: { name: "hydra-tiny", billing: "token" } });
  const price = await db.tokenPrice.findFirstOrThrow({ where: { modelId: service.modelId } });
  const cost = granted / (price.outputNano || 1n);
  const row = {
    ...{ requestId: newId("req"), workspaceId, userId: user.actor.userId, keyId: null, serviceId: service.id, instanceId: null },
    ...{ modelId: service.modelId, accessName: "public/hydra-tiny", route: "/v1/completions", streamed: false, outcome: "completed" },
    ...{
      status: 200,
      errorCode: null,
      source: "engine",
      inputTokens: 0,
      cachedTokens: 0,
      outputTokens: Number(cost),
      reasoningTokens: 0,
      images: 0,
    },
    ...{ tokenPriceId: price.id, costNano: Number(cost * price.outputNano), chargeNano: Number(cost * price.outputNano) },
    ...{ startedAt: new Date().toISOString(), firstTokenMs: 1, durationMs: 1 },
  };
  await db.$queryRaw`SELECT settle_usage(${gateway}, ${JSON.stringify([row])}::json, false)`;
  const left = granted - cost * price.outputNano;
  if (left > 0n) await db.$queryRaw`SELECT return_credit(${gateway}, ${workspaceId}, ${newId("req")}, ${left}, NULL)`;
}

async function ownerAsks({ db, user: ctx, services, pick }: World): Promise<void> {
  const id = pick(services);
  const row = await db.modelService.findUniqueOrThrow({ where: { id } });
  const { generation } = row;
  const verbs = [
    () => scale({ ctx, input: { id, generation, add: pick([-1, 1, 2]) } }),
    () => stopService({ ctx, input: { id, generation } }),
    () => startService({ ctx, input: { id, generation } }),
    () => retryService({ ctx, input: { id, generation } }),
  ];
  await pick(verbs)().catch((error) => {
    if (!(error instanceof AppError) || error.status >= 500) throw error;
  });
}

/** What may happen at once, and how often each. */
const events: [number, (world: World) => Promise<unknown>][] = [
  [10, deployerMoves],
  [5, gatewayCalls],
  [4, ownerAsks],
  [6, ({ db, workspaceId }) => billWorkspace(db, workspaceId)],
  [3, ({ db, random }) => moveClock(db, Math.floor(random() * 90))],
  [1, ({ db }) => moveClock(db, -20)],
  [1, ({ db, workspaceId }) => suspendServices(db, workspaceId)],
  [2, ({ db, workspaceId }) => resumeServices(db, workspaceId)],
  [2, ({ db, workspaceId, random }) => giveCredit(db, workspaceId, BigInt(1 + Math.floor(random() * 100_000)))],
  [2, ({ db, services, pick }) => addInstance(db, pick(services))],
];
const deck = events.flatMap(([weight, event]) => Array.from({ length: weight }, () => event));

test.each([1, 2, 3])(
  "whatever happens at once (seed %i), nothing is overdrawn, charged twice or locked in a circle",
  async (seed) => {
    const random = seededRandom(seed);
    const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
    const billed = await createBilled(database, 1_000n * secondNano);
    const services = [await deployBilled(billed, "one", 2), await deployBilled(billed, "two"), await deployBilled(billed, "three")];
    const world: World = { ...billed, services, random, pick };
    const worker = async () => {
      for (let n = 0; n < 60; n++) await pick(deck)(world);
    };
    await Promise.all(Array.from({ length: 8 }, worker));

    const { db, workspaceId, user: ctx } = billed;
    for (const { id, name } of await db.modelService.findMany({ where: { workspaceId } }))
      await remove({ ctx, input: { id, confirmName: name } });
    await db.instance.updateMany({
      where: { serviceId: { in: services }, state: { not: "stopped" } },
      data: { state: "stopped", stoppedAt: new Date() },
    });
    await billWorkspace(db, workspaceId);
    const found = (await checkInvariants(database)).filter((result) => result.violations > 0);
    expect(found).toEqual([]);
    expect((await verifyLedger(database)).broken).toBeNull();
    const rows = await db.instanceInterval.findMany({ where: { workspaceId } });
    expect(rows.length).toBeGreaterThan(5);
    for (const row of rows) {
      expect(row.billedThrough).toEqual(row.endedAt);
      const seconds = BigInt(Math.floor(((row.endedAt as Date).getTime() - row.startedAt.getTime()) / 1_000));
      expect(row.chargedNano + row.lossNano).toBe(row.waived ? 0n : seconds * secondNano);
    }
    expect((await wallet(db, workspaceId)).leasedNano).toBe(0n);
  },
  60_000,
);
