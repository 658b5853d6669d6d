import { mkdtemp, rm } from "node:fs/promises";
import { type ClientRequest, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createLogger } from "#lib/observability/logger.ts";
import { createApiKey } from "#lib/services/api-keys/create.ts";
import { removeApiKey } from "#lib/services/api-keys/remove.ts";
import type { Context } from "#lib/services/context.ts";
import { visitor } from "#lib/services/test-context.ts";
import { createTestDatabase, type TestDatabase } from "#test/database.ts";
import { caughtUp, makeCaller, makeService, type TestCaller } from "#test/gateway-factory.ts";
import { startTcpProxy, type TcpProxy } from "#test/tcp-proxy.ts";
import { startWall, type Wall } from "#test/wall/wall.ts";
import { type OpenGateway, openGateway } from "./open.ts";
import { testSecret } from "./testing/harness.ts";

const leaseMs = 3_000;
const messages = [{ role: "user", content: "hello" }];

let database: TestDatabase;
let wall: Wall;
let proxy: TcpProxy;
let dataDir: string;
const gateways: { gateway: OpenGateway; url: string }[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  wall = await startWall();
  dataDir = await mkdtemp(join(tmpdir(), "hydra-gateway-"));
  const { hostname, port } = new URL(database.url);
  proxy = await startTcpProxy({ host: hostname, port: Number(port) });
  const through = new URL(database.url);
  through.port = String(proxy.port);
  for (const databaseUrl of [database.url, through.href]) gateways.push(await open(databaseUrl));
});
afterAll(async () => {
  for (const { gateway } of gateways) await gateway.close();
  await proxy.close();
  await wall.close();
  await database.drop();
  await rm(dataDir, { recursive: true });
});

async function open(databaseUrl: string): Promise<{ gateway: OpenGateway; url: string }> {
  const logger = createLogger("gateway", { level: "silent", format: "json" });
  const settings = { domain: "localhost", bind: "127.0.0.1", trustedProxies: [], imageHosts: [], currency: "CNY" };
  const gateway = openGateway({ databaseUrl, dataDir, secret: testSecret, settings, logger, leaseMs, limits: { drainMs: 500 } });
  const port = await gateway.listen(0, "127.0.0.1");
  return { gateway, url: `http://127.0.0.1:${port}` };
}

/** A caller with a service of its own, so that no balance stands between a key and an answer. */
async function callerWithService(): Promise<{ caller: TestCaller; body: string }> {
  const caller = await makeCaller(database.db, 0n);
  await makeService(database.db, { owner: caller, name: "own", billing: "instance", endpoints: [wall.url] });
  return { caller, body: JSON.stringify({ model: `${caller.workspaceName}/own`, messages }) };
}

interface Call {
  which: number;
  sentMs: number;
  status: number;
  code: string | null;
}

async function call(which: number, key: string, body: string): Promise<Call> {
  const sentMs = performance.now();
  const headers = { "content-type": "application/json", authorization: `Bearer ${key}` };
  const response = await fetch(`${gateways[which]?.url}/v1/chat/completions`, { method: "POST", headers, body });
  const answer = await response.json();
  return { which, sentMs, status: response.status, code: answer.error?.code ?? null };
}

/** A call whose body comes only when it is told: until then it is known, and not admitted. */
function heldCall(which: number, key: string, body: string): { send: () => void; status: Promise<number> } {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const headers = { "content-type": "application/json", authorization: `Bearer ${key}`, "content-length": Buffer.byteLength(body) };
  const sent: ClientRequest = request(`${gateways[which]?.url}/v1/chat/completions`, { method: "POST", headers }, (response) => {
    response.resume();
    resolve(response.statusCode ?? 0);
  });
  sent.on("error", reject);
  sent.flushHeaders();
  return { send: () => sent.end(body), status: promise };
}

function contextOf({ userId, workspaceId, workspaceName }: TestCaller): Context {
  return { ...visitor(database.db), actor: { userId, workspaceId, workspaceName, role: "user" } };
}

function revoke(caller: TestCaller): Promise<void> {
  return removeApiKey({ ctx: contextOf(caller), input: { id: caller.keyId } });
}

test("a key works on both gateways from the moment it is shown", async () => {
  const { caller, body } = await callerWithService();
  for (let round = 0; round < 20; round++) {
    const { key } = await createApiKey({ ctx: contextOf(caller), input: { name: `key ${round}`, expiresAt: null } });
    const answers = await Promise.all([0, 1].map((which) => call(which, key, body)));
    expect(answers.map(({ status, code }) => [status, code])).toEqual(Array(2).fill([200, null]));
  }
});

test("with both gateways in touch a revoke answers within 100 ms, and holds on both", async ({ annotate }) => {
  const took: number[] = [];
  for (let round = 0; round < 20; round++) {
    const { caller, body } = await callerWithService();
    const before = await Promise.all([0, 1].map((which) => call(which, caller.key, body)));
    expect(before.map(({ status }) => status)).toEqual([200, 200]);
    const held = [0, 1].map((which) => heldCall(which, caller.key, body));
    await new Promise((resolve) => setTimeout(resolve, 20));
    const startedMs = performance.now();
    await revoke(caller);
    took.push(performance.now() - startedMs);
    const after = await Promise.all([0, 1].map((which) => call(which, caller.key, body)));
    expect(after.map(({ status, code }) => [status, code])).toEqual(Array(2).fill([401, "invalid_api_key"]));
    for (const { send } of held) send();
    expect(await Promise.all(held.map(({ status }) => status))).toEqual([401, 401]);
  }
  took.sort((a, b) => a - b);
  await annotate(`revoke with two gateways: median ${took[10]?.toFixed(0)} ms, slowest ${took[19]?.toFixed(0)} ms`);
  expect(took[10]).toBeLessThan(100);
});

test("10,000 calls race a revoke while one gateway is cut off: none is admitted after its answer, and it comes back by itself", async ({
  annotate,
}) => {
  const { caller, body } = await callerWithService();
  const other = await callerWithService();
  const calls: Call[] = [];
  let answeredMs = Number.POSITIVE_INFINITY;
  const isOver = () => calls.length >= 10_000 && calls.filter(({ sentMs }) => sentMs >= answeredMs).length >= 2_000;
  const worker = async (which: number) => {
    while (!isOver()) calls.push(await call(which, caller.key, body));
  };
  const workers = Array.from({ length: 32 }, (_, index) => worker(index % 2));
  await expect.poll(() => calls.length, { timeout: 20_000 }).toBeGreaterThan(2_000);
  const held = [0, 1, 1].map((which) => heldCall(which, caller.key, body));
  proxy.cut();
  const cutMs = performance.now();
  await revoke(caller);
  answeredMs = performance.now();
  for (const { send } of held) send();
  await Promise.all(workers);

  const servedByMemory = calls.filter(({ which, sentMs, status }) => which === 1 && sentMs > cutMs && status === 200);
  expect(servedByMemory.length).toBeGreaterThan(50);
  const late = calls.filter(({ sentMs }) => sentMs >= answeredMs);
  expect(late.filter(({ status }) => status === 200)).toEqual([]);
  expect(new Set(late.map(({ which, code }) => `${which} ${code}`))).toEqual(new Set(["0 invalid_api_key", "1 billing_unavailable"]));
  expect(await Promise.all(held.map(({ status }) => status))).toEqual([401, 503, 503]);
  expect(answeredMs - cutMs).toBeLessThan(leaseMs + 1_000);
  await annotate(
    `${calls.length} calls, ${servedByMemory.length} served by the one cut off, revoke took ${(answeredMs - cutMs).toFixed(0)} ms`,
  );

  proxy.mend();
  await expect.poll(async () => (await call(1, other.caller.key, other.body)).status, { timeout: 15_000 }).toBe(200);
  expect(await call(1, caller.key, body)).toMatchObject({ status: 401, code: "invalid_api_key" });
  await caughtUp(database.db);
}, 90_000);
