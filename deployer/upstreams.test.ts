import type { ChildProcess } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { bearer, modelName, startEngine, type TestEngine } from "#engine/testing/start-engine.ts";
import type { AddUpstreamInput } from "#lib/contracts/upstreams.ts";
import { checkInvariants } from "#lib/services/invariants/check.ts";
import { visitor } from "#lib/services/test-context.ts";
import { addUpstream } from "#lib/services/upstreams/add.ts";
import { removeUpstream } from "#lib/services/upstreams/remove.ts";
import { startWall, type Wall } from "#test/wall/wall.ts";
import { eventually } from "./drivers/contract.ts";
import { createInstallation, end, type Installation } from "./testing/installation.ts";

let installation: Installation;
let deployer: ChildProcess;
let engine: TestEngine;
let wall: Wall;

beforeAll(async () => {
  [installation, engine, wall] = await Promise.all([createInstallation(), startEngine(), startWall()]);
  Object.assign(wall.access, { key: "sk-wall", models: ["r1"] });
  deployer = await installation.startReady();
});
afterAll(async () => {
  await installation.dispose();
  await engine.stop();
  await wall.close();
});
afterEach((context) => {
  if (context.task.result?.state === "fail") process.stderr.write(installation.log());
});

const cli = () => ({ ...visitor(installation.database.db), cli: true as const, now: () => new Date() });
const add = (input: Omit<AddUpstreamInput, "model">) =>
  addUpstream({ ctx: cli(), secret: "x".repeat(32), input: { model: "deepseek-r1", ...input } });
const service = () =>
  installation.database.db.modelService.findFirstOrThrow({
    where: { name: "deepseek-r1" },
    include: { instances: { where: { state: { not: "stopped" } }, orderBy: { createdAt: "asc" } } },
  });
const becomes = (state: object) => eventually(async () => expect(await service()).toMatchObject(state), 20_000);

test("each endpoint is an instance of its own: what befalls one leaves the others alone", { timeout: 90_000 }, async () => {
  const real = await add({ url: engine.url, upstreamModel: modelName, credential: bearer });
  await becomes({ state: "running", instances: [{ state: "ready", upstreamEndpointId: real.upstream.id, endpoint: `${engine.url}/v1` }] });
  const [kept] = (await service()).instances;

  // A second one that refuses: the service serves on, and says what is wrong.
  const second = await add({ url: wall.url, upstreamModel: "r1", credential: "sk-wrong" });
  await becomes({
    state: "degraded",
    reason: "upstream_unauthorized",
    instances: [{ id: kept?.id, state: "ready" }, { state: "starting" }],
  });
  await add({ url: wall.url, upstreamModel: "r1", credential: "sk-wall" });
  await becomes({ state: "running", reason: "", wantedInstances: 2 });

  // The older one goes, and not the newer one in its place.
  await removeUpstream({ ctx: cli(), input: { id: real.upstream.id } });
  await becomes({
    state: "running",
    wantedInstances: 1,
    instances: [{ upstreamEndpointId: second.upstream.id, state: "ready", restarts: 0 }],
  });
  expect(await installation.database.db.instance.findUnique({ where: { id: kept?.id ?? "" } })).toMatchObject({ state: "stopped" });
  expect((await checkInvariants({ db: installation.database.db })).filter((one) => one.violations > 0)).toEqual([]);
});

test("a deployer after a killed one goes on without a word, and sees what went away meanwhile", { timeout: 90_000 }, async () => {
  await becomes({ state: "running" });
  const events = () => installation.database.db.serviceEvent.count();
  const before = await events();
  await end(deployer, "SIGKILL");
  const next = await installation.startReady();
  await sleep(3_000);
  await becomes({ state: "running", instances: [{ state: "ready", restarts: 0 }] });
  expect(await events()).toBe(before);

  await end(next, "SIGKILL");
  wall.access.status = 503;
  await installation.startReady();
  await becomes({ state: "failed", reason: "upstream_unreachable", reasonData: { detail: "GET /models answers 503" } });
  wall.access.status = null;
  await becomes({ state: "running", reason: "" });
});
