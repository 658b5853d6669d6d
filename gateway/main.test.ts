import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findGateway } from "#lib/gateway-process.ts";
import { createTestDatabase, type TestDatabase } from "#test/database.ts";
import { freePort } from "#test/free-port.ts";
import { caughtUp, makeCaller, makePublicService, type TestCaller } from "#test/gateway-factory.ts";
import { wallPrompt } from "#test/wall/script.ts";
import { startWall, type Wall } from "#test/wall/wall.ts";
import { readEvents } from "./testing/harness.ts";

let database: TestDatabase;
let wall: Wall;
let caller: TestCaller;
let dataDir: string;
const children: ChildProcess[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  dataDir = await mkdtemp(join(tmpdir(), "hydra-gateway-"));
  wall = await startWall();
  caller = await makeCaller(database.db);
  await makePublicService(database.db, { name: "wall", endpoints: [wall.url] });
});
afterAll(async () => {
  for (const child of children) if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
  await wall.close();
  await database.drop();
  await rm(dataDir, { recursive: true });
});

async function startGateway(
  port: number,
  more: Record<string, string> = {},
  args: string[] = [],
): Promise<{ child: ChildProcess; output: () => string; exit: Promise<number | null> }> {
  const child = spawn(process.execPath, ["gateway/main.ts", ...args], {
    cwd: new URL("..", import.meta.url),
    env: {
      ...process.env,
      DATABASE_URL: database.url,
      HYDRA_DATA_DIR: dataDir,
      HYDRA_SECRET: "a secret that is long enough for tests",
      HYDRA_GATEWAY_PORT: String(port),
      HYDRA_BIND: "127.0.0.1",
      HYDRA_LOG_LEVEL: "info",
      HYDRA_LOG_FORMAT: "json",
      ...more,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  children.push(child);
  let text = "";
  child.stdout?.on("data", (piece) => (text += piece));
  child.stderr?.on("data", (piece) => (text += piece));
  const exit = once(child, "exit").then(([code]) => code as number | null);
  const ready = async () =>
    (await fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(500) }).catch(() => null))?.status ?? 0;
  await expect.poll(async () => child.exitCode !== null || (await ready()) === 200, { timeout: 20_000 }).toBe(true);
  return { child, output: () => text, exit };
}

function ask(port: number, script: Parameters<typeof wallPrompt>[0], headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${caller.key}`, ...headers },
    body: JSON.stringify({ model: "public/wall", stream: true, messages: [{ role: "user", content: wallPrompt(script) }] }),
  });
}

test("15: SIGTERM with 200 streams: not ready, new calls refused, what runs finishes, usage is written, exit 0", async () => {
  const port = await freePort();
  const { child, output, exit } = await startGateway(port);
  const streams = await Promise.all(Array.from({ length: 200 }, () => ask(port, { tokens: 60, delayMs: 60 })));
  child.kill("SIGTERM");
  await expect.poll(async () => (await fetch(`http://127.0.0.1:${port}/readyz`)).status, { timeout: 5_000 }).toBe(503);
  const late = await ask(port, {});
  expect([late.status, (await late.json()).error.code]).toEqual([503, "shutting_down"]);
  for (const stream of streams) expect(readEvents(await stream.text()).data.at(-1)).toBe("[DONE]");
  expect(await exit).toBe(0);
  const ids = streams.map((stream) => stream.headers.get("x-request-id") ?? "");
  const rows = await database.db.usageRecord.findMany({ where: { requestId: { in: ids } } });
  expect(rows.map((row) => [row.outcome, row.outputTokens])).toEqual(ids.map(() => ["completed", 60]));
  const lines = output()
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(lines.filter((line) => line.msg === "request" && line.status === 200 && line.model === "public/wall")).toHaveLength(200);
  expect(output()).not.toContain(caller.key);
  expect(output()).not.toContain("wall: ");
});

test.each([3_600_000, -3_600_000])("22: the clock jumps by %s ms in mid-call: durations are as long as the call was", async (byMs) => {
  const port = await freePort();
  const shift = `setTimeout(() => { const now = Date.now; Date.now = () => now() + ${byMs}; const Real = Date;
    globalThis.Date = class extends Real { constructor(...given) { given.length ? super(...given) : super(Date.now()); } }; }, 3_000)`;
  const { child, exit } = await startGateway(port, { NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(shift)}` });
  const startedMs = performance.now();
  const stream = await ask(port, { tokens: 60, delayMs: 80 });
  await stream.text();
  const tookMs = performance.now() - startedMs;
  child.kill("SIGTERM");
  expect(await exit).toBe(0);
  const row = await database.db.usageRecord.findUniqueOrThrow({ where: { requestId: stream.headers.get("x-request-id") ?? "" } });
  expect(Math.abs(row.durationMs - tookMs)).toBeLessThan(1_000);
  expect(row.firstTokenMs).toBeGreaterThanOrEqual(0);
  expect(row.firstTokenMs).toBeLessThan(1_000);
});

test("1: an instance that is killed in mid-stream ends the stream with an error, and what it emitted is charged", async () => {
  const victim = spawn(process.execPath, ["test/wall/main.ts"], {
    cwd: new URL("..", import.meta.url),
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(victim);
  const [line] = await once(victim.stdout, "data");
  await makePublicService(database.db, { name: "mortal", endpoints: [String(line).trim()] });
  const port = await freePort();
  const { child, exit } = await startGateway(port);
  const response = await fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${caller.key}` },
    body: JSON.stringify({
      model: "public/mortal",
      stream: true,
      messages: [{ role: "user", content: wallPrompt({ tokens: 60, fault: "stall", after: 40 }) }],
    }),
  });
  let text = "";
  for await (const piece of response.body as ReadableStream<Uint8Array>) {
    text += Buffer.from(piece).toString();
    if (text.includes('"t40 "')) victim.kill("SIGKILL");
  }
  expect(text).toContain("upstream_stream_interrupted");
  expect(text).not.toContain("[DONE]");
  child.kill("SIGTERM");
  expect(await exit).toBe(0);
  const row = await database.db.usageRecord.findUniqueOrThrow({ where: { requestId: response.headers.get("x-request-id") ?? "" } });
  expect(row).toMatchObject({ outcome: "upstream_error", outputTokens: 40, errorCode: "upstream_stream_interrupted" });
  expect(row.chargeNano).toBeGreaterThan(0n);
});

test("a gateway that was killed is followed by one with its id: no revoke waits for the dead one's lease", async () => {
  const port = await freePort();
  const { child, exit } = await startGateway(port);
  const rows = () => database.db.gateway.findMany({ where: { leaseUntil: { gt: new Date() } } });
  await expect.poll(async () => (await rows()).map(({ address }) => address), { timeout: 5_000 }).toEqual([`127.0.0.1:${port}`]);
  const [killed] = await rows();
  child.kill("SIGKILL");
  await exit;
  const next = await startGateway(port);
  const startedMs = performance.now();
  const { keyId: id, key } = await makeCaller(database.db);
  await database.db.apiKey.update({ where: { id }, data: { revokedAt: new Date() } });
  await caughtUp(database.db);
  expect(performance.now() - startedMs).toBeLessThan(5_000);
  const refused = await fetch(`http://127.0.0.1:${port}/v1/models`, { headers: { authorization: `Bearer ${key}` } });
  expect(refused.status).toBe(401);
  expect((await rows()).map((row) => row.id)).toEqual([killed?.id]);
  next.child.kill("SIGTERM");
  expect(await next.exit).toBe(0);
  expect(await rows()).toEqual([]);
});

test("a taken port is one clear sentence and exit 1", async () => {
  const blocker = createServer().listen(0, "127.0.0.1");
  await once(blocker, "listening");
  const address = blocker.address();
  const { output, exit } = await startGateway(typeof address === "object" && address ? address.port : 0);
  expect(await exit).toBe(1);
  expect(output().trim()).toBe("gateway: HYDRA_GATEWAY_PORT: that port is taken; set another one");
  const asked = await startGateway(await freePort(), { HYDRA_METRICS_PORT: String(typeof address === "object" && address?.port) });
  expect(await asked.exit).toBe(1);
  expect(asked.output()).toContain("gateway: HYDRA_METRICS_PORT: that port is taken; set another one");
  blocker.close();
});

test("several on one port: each serves its share, and when one is killed the others serve all", async () => {
  const port = await freePort();
  const workers = { HYDRA_GATEWAY_WORKERS: "2" };
  const [first, second] = [await startGateway(port, workers), await startGateway(port, workers)];
  const told = () => Promise.all([first, second].map(({ child }) => findGateway(dataDir, child.pid ?? 0)));
  const listening = [first, second].map(({ child }) => ({ pid: child.pid, port, metricsPort: expect.any(Number) }));
  await expect.poll(told, { timeout: 20_000 }).toEqual(listening);
  expect(new Set((await told()).map((gateway) => gateway?.metricsPort)).size).toBe(2);

  const askAll = () => Promise.all(Array.from({ length: 60 }, () => ask(port, { tokens: 1 }, { connection: "close" })));
  const served = ({ output }: { output: () => string }) => output().match(/"msg":"request"/g)?.length ?? 0;
  for (const answer of await askAll()) expect(answer.status).toBe(200);
  await expect.poll(() => served(first) + served(second)).toBeGreaterThanOrEqual(60);
  for (const gateway of [first, second]) expect(served(gateway)).toBeGreaterThan(5);

  first.child.kill("SIGKILL");
  await first.exit;
  for (const answer of await askAll()) expect(answer.status).toBe(200);
  second.child.kill("SIGTERM");
  expect(await second.exit).toBe(0);
});

test("on a machine without a deployer, instances on another one's loopback are not called", async () => {
  const port = await freePort();
  const calls = wall.calls.length;
  const { child, exit } = await startGateway(port, {}, ["--remote"]);
  const answer = await ask(port, {});
  expect([answer.status, (await answer.json()).error]).toEqual([
    503,
    expect.objectContaining({ code: "service_not_ready", message: expect.stringContaining("can be reached from this gateway") }),
  ]);
  expect(wall.calls).toHaveLength(calls);
  child.kill("SIGTERM");
  expect(await exit).toBe(0);
});
