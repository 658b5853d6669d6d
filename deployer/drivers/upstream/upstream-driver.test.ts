import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { createServer as createTlsServer } from "node:tls";
import { afterEach, beforeEach, expect, test } from "vitest";
import { stateProblem } from "#lib/contracts/state-problems.ts";
import { selfSigned } from "#test/certificate.ts";
import { startWall, type Wall } from "#test/wall/wall.ts";
import { eventually, newRef, until } from "../contract.ts";
import type { Driver, InstanceRef, InstanceSpec, Observation, Obstacle } from "../driver.ts";
import type { UpstreamEndpoint } from "./endpoint.ts";
import { createUpstreamDriver, type UpstreamDriverOptions } from "./upstream-driver.ts";

const secret = "sk-vendor-canary";
const spec = {} as InstanceSpec;
let wall: Wall;
let endpoint: UpstreamEndpoint | null;
let opened: Driver[];

beforeEach(async () => {
  wall = await startWall();
  Object.assign(wall.access, { key: secret, models: ["model-a"] });
  const url = `${wall.url}/api/v1`;
  endpoint = { id: "ups_1", url, upstreamModel: "model-a", credential: secret, unreadable: false, probePath: null };
  opened = [];
});
afterEach(async () => {
  for (const driver of opened) driver.close();
  await wall.close();
});

function open(times: UpstreamDriverOptions["times"] = {}): Driver {
  const driver = createUpstreamDriver({
    find: async () => endpoint,
    random: () => 0,
    times: { steadyMs: 100, firstRetryMs: 100, longestRetryMs: 800, limitMs: 500, ...times },
  });
  opened.push(driver);
  return driver;
}

async function started(driver: Driver): Promise<InstanceRef> {
  const ref = { ...newRef(), place: "ups_1" };
  await driver.start(ref, spec);
  return ref;
}

const change = (to: Partial<UpstreamEndpoint>) => {
  if (endpoint) endpoint = { ...endpoint, ...to };
};

const answers = (status: number) => {
  wall.access.status = status;
};

/** What keeps it from being ready, once that is known. */
async function waiting(driver: Driver, ref: InstanceRef, phase: Observation["phase"] = "starting"): Promise<Obstacle | null> {
  let found: Obstacle | null = null;
  await eventually(async () => {
    const seen = await driver.observe(ref);
    found = seen.phase === phase && seen.phase !== "gone" ? (seen.waiting ?? null) : null;
    if (!found) throw new Error(`it is ${seen.phase}, and waits for nothing`);
  }, 5_000);
  return found;
}

test("one that answers, takes the credential and has the model is ready at its own address", async () => {
  const driver = open();
  const ref = await started(driver);
  const seen = await until(driver, ref, "ready", 3_000);
  expect(seen).toMatchObject({ endpoint: `${wall.url}/api/v1`, waiting: null, run: { pid: null } });
  expect(wall.access.asked[0]).toBe("/api/v1/models");
});

test.each([
  ["a wrong credential", () => change({ credential: "sk-wrong" }), { reason: "upstream_unauthorized", data: {} }],
  ["no credential", () => change({ credential: null }), { reason: "upstream_unauthorized", data: {} }],
  ["a 403", () => answers(403), { reason: "upstream_unauthorized", data: {} }],
  ["another model", () => change({ upstreamModel: "model-b" }), { reason: "upstream_model_missing", data: { model: "model-b" } }],
  ["no list of models", () => answers(200), { reason: "upstream_unreachable", data: { detail: expect.stringContaining("no list") } }],
  ["a 404", () => answers(404), { reason: "upstream_unreachable", data: { detail: expect.stringContaining("404") } }],
  ["a 500", () => answers(500), { reason: "upstream_unreachable", data: { detail: "GET /models answers 500" } }],
  [
    "nobody there",
    () => change({ url: "http://127.0.0.1:1/v1" }),
    { reason: "upstream_unreachable", data: { detail: "it refuses connections" } },
  ],
  [
    "a host that is none",
    () => change({ url: "http://none.invalid/v1" }),
    { reason: "upstream_unreachable", data: { detail: expect.stringMatching(/host name|no answer/) } },
  ],
  [
    "a credential that cannot be read",
    () => change({ credential: null, unreadable: true }),
    { reason: "upstream_unauthorized", data: { detail: expect.stringContaining("HYDRA_SECRET") } },
  ],
])("%s is told, and it is never ready", async (_, prepare, said) => {
  prepare();
  const driver = open();
  const ref = await started(driver);
  const found = await waiting(driver, ref);
  expect(found).toMatchObject(said);
  // Pages have words of their own, in both languages, for all that an endpoint's silence can be.
  if (found?.reason === "upstream_unreachable") expect(stateProblem(found.reason, found.data)).not.toBeNull();
  await sleep(120);
  expect((await driver.observe(ref)).phase).toBe("starting");
});

test("a redirect is not followed: the credential goes nowhere else", async () => {
  wall.access.status = 302;
  const driver = open();
  const ref = await started(driver);
  expect(await waiting(driver, ref)).toMatchObject({ data: { detail: expect.stringContaining("redirect") } });
  expect(new Set(wall.access.asked)).toEqual(new Set(["/api/v1/models"]));
});

test("a certificate that nobody vouches for is told, and nothing is sent", async () => {
  let sent = "";
  const server = createTlsServer(selfSigned(), (socket) => {
    socket.on("data", (bytes) => {
      sent += bytes;
    });
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  change({ url: `https://localhost:${(server.address() as { port: number }).port}/v1` });
  const driver = open();
  expect(await waiting(driver, await started(driver))).toMatchObject({
    data: { detail: expect.stringContaining("certificate is not trusted") },
  });
  server.close();
  expect(sent).toBe("");
});

test("a probe path is asked instead of the list; a name without its tag is found", async () => {
  change({ probePath: "health", upstreamModel: "not listed" });
  const driver = open();
  await until(driver, await started(driver), "ready", 3_000);
  expect(new Set(wall.access.asked)).toEqual(new Set(["/api/v1/health"]));
  wall.access.models = ["llama3:latest"];
  change({ probePath: null, upstreamModel: "llama3" });
  const other = open();
  await until(other, await started(other), "ready", 3_000);
});

test("one that is gone for a moment stays ready; for longer, it is told with growing waits, and comes back within one", async () => {
  const driver = open();
  const told: string[] = [];
  const ref = await started(driver);
  await until(driver, ref, "ready", 3_000);
  driver.watch((serviceId) => told.push(serviceId));
  wall.access.status = 500;
  const asked = wall.access.asked.length;
  await eventually(async () => expect(wall.access.asked.length).toBe(asked + 2), 2_000);
  expect((await driver.observe(ref)).phase).toBe("ready");
  wall.access.status = null;
  await sleep(250);
  expect(told).toEqual([]);

  const { port } = new URL(wall.url);
  await wall.close();
  expect(await waiting(driver, ref, "unreachable")).toMatchObject({ reason: "upstream_unreachable", data: { retryInSeconds: 1 } });
  expect(told).toEqual([ref.serviceId]);
  await sleep(1_500);
  const backAt = performance.now();
  wall = await startWall({ port: Number(port) });
  Object.assign(wall.access, { key: secret, models: ["model-a"] });
  await until(driver, ref, "ready", 1_500);
  expect(performance.now() - backAt).toBeLessThan(1_100);
});

test("waits grow from the first to the longest, and each is shortened by the jitter", async () => {
  const times: number[] = [];
  const server = createServer((_request, response) => {
    times.push(performance.now());
    response.writeHead(500).end();
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  change({ url: `http://127.0.0.1:${(server.address() as { port: number }).port}/v1` });
  const driver = createUpstreamDriver({
    find: async () => endpoint,
    random: () => 0.999,
    times: { firstRetryMs: 400, longestRetryMs: 800, limitMs: 500 },
  });
  opened.push(driver);
  await started(driver);
  await eventually(async () => expect(times.length).toBe(4), 5_000);
  server.close();
  const waits = times.slice(1).map((at, index) => at - (times[index] ?? 0));
  for (const [index, wantedMs] of [300, 600, 600].entries()) {
    expect(waits[index]).toBeGreaterThan(wantedMs - 20);
    expect(waits[index]).toBeLessThan(wantedMs + 250);
  }
});

test("too many requests say nothing against one that serves", async () => {
  const driver = open();
  const ref = await started(driver);
  await until(driver, ref, "ready", 3_000);
  wall.access.status = 429;
  const asked = wall.access.asked.length;
  await eventually(async () => expect(wall.access.asked.length).toBeGreaterThan(asked + 4), 3_000);
  expect((await driver.observe(ref)).phase).toBe("ready");
});

test("a changed credential is tried at once, however long the wait was", async () => {
  change({ credential: "sk-wrong" });
  const driver = open({ firstRetryMs: 60_000, longestRetryMs: 60_000 });
  const ref = await started(driver);
  await waiting(driver, ref);
  change({ credential: secret });
  await until(driver, ref, "ready", 2_000);
  change({ credential: "sk-wrong-again" });
  expect(await waiting(driver, ref, "unreachable")).toMatchObject({ reason: "upstream_unauthorized" });
});

test("found by another deployer while it is away, one that was ready is told to be unreachable", async () => {
  wall.access.status = 500;
  const ref = { ...newRef(), place: "ups_1" };
  expect(await waiting(open(), ref, "unreachable")).toMatchObject({ reason: "upstream_unreachable" });
});

test("removed, or never given one, an instance is gone and cannot start", async () => {
  const driver = open();
  const ref = await started(driver);
  await until(driver, ref, "ready", 3_000);
  expect(await driver.observe({ ...ref, place: null })).toEqual({ phase: "gone", exit: null });
  endpoint = null;
  expect((await driver.observe(ref)).phase).toBe("gone");
  await expect(driver.start({ ...newRef(), place: "ups_1" }, spec)).rejects.toThrow("no endpoint");
});

test("the credential is in nothing that is told, though the endpoint repeats it", async () => {
  wall.access.key = "sk-another";
  const driver = open();
  const ref = await started(driver);
  await waiting(driver, ref);
  expect(JSON.stringify(await driver.observe(ref))).not.toContain(secret);
});
