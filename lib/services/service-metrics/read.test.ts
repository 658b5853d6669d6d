import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { serviceMetrics } from "#lib/contracts/service-metrics.ts";
import { newId } from "#lib/ids.ts";
import { createTestDatabase, type TestDatabase } from "#test/database.ts";
import { createService } from "#test/services-factory.ts";
import { type SignedIn, signedIn, visitor } from "../test-context.ts";
import { readMetrics } from "./read.ts";

const now = Date.parse("2026-11-20T12:34:56Z");
let database: TestDatabase;
let owner: SignedIn;
let other: SignedIn;
let id: string;

beforeAll(async () => {
  database = await createTestDatabase();
  const ctx = { ...visitor(database.db), now: () => new Date(now) };
  owner = await signedIn(ctx);
  other = await signedIn(ctx);
  id = await createService(database.db, { workspaceId: owner.actor.workspaceId });
  await call("12:34:01", { outputTokens: 30, firstTokenMs: 100, durationMs: 30_000 });
  await call("12:34:02", { outputTokens: 10, firstTokenMs: 300, durationMs: 30_000, outcome: "upstream_error" });
  await call("12:00:59", { outputTokens: 7, firstTokenMs: null, durationMs: 6_000, outcome: "client_gone" });
  await call("11:34:59", { outputTokens: 99, firstTokenMs: 1, durationMs: 1 });
});
afterAll(() => database.drop());

interface Call {
  outputTokens: number;
  firstTokenMs: number | null;
  durationMs: number;
  outcome?: "completed" | "upstream_error" | "client_gone";
}

async function call(time: string, { outcome = "completed", ...figures }: Call): Promise<void> {
  const { modelId } = await database.db.modelService.findUniqueOrThrow({ where: { id } });
  const { workspaceId, userId } = owner.actor;
  await database.db.usageRecord.create({
    data: {
      ...{ requestId: newId("req"), workspaceId, userId, serviceId: id, modelId, accessName: "a/b", route: "/v1/chat/completions" },
      ...{ streamed: true, outcome, status: 200, source: "engine", inputTokens: 1, cachedTokens: 0, costNano: 0n, chargeNano: 0n },
      ...{ ...figures, startedAt: new Date(`2026-11-20T${time}Z`) },
    },
  });
}

test("an hour by the minute: each call in its minute, minutes without calls at zero, what is older left out", async () => {
  const { points } = z.strictObject(serviceMetrics.shape).parse(await readMetrics({ ctx: owner, input: { id, range: "1h" } }));
  expect(points).toHaveLength(60);
  expect(points.at(-1)).toEqual({
    at: "2026-11-20T12:34:00.000Z",
    requests: 2,
    errors: 1,
    outputTokens: 40,
    firstTokenMs: 200,
    inFlight: 1,
  });
  const cut = points.find(({ at }) => at === "2026-11-20T12:00:00.000Z");
  expect(cut).toMatchObject({ requests: 1, errors: 0, firstTokenMs: null, inFlight: 0.1 });
  expect(points.reduce((sum, { requests }) => sum + requests, 0)).toBe(3);
});

test("longer ranges have longer steps", async () => {
  const { points, stepSeconds } = await readMetrics({ ctx: owner, input: { id, range: "24h" } });
  expect([points.length, stepSeconds]).toEqual([96, 900]);
  expect(points.slice(-5).map(({ requests }) => requests)).toEqual([1, 0, 1, 0, 2]);
  expect((await readMetrics({ ctx: owner, input: { id, range: "7d" } })).points).toHaveLength(84);
});

test("another workspace's service does not exist", async () => {
  await expect(readMetrics({ ctx: other, input: { id, range: "1h" } })).rejects.toMatchObject({ code: "not_found" });
});
