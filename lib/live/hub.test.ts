import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { LiveMessage } from "#lib/contracts/live.ts";
import { pageChangesName } from "#lib/db/page-changes.ts";
import { newId } from "#lib/ids.ts";
import { createTestDatabase, type TestDatabase } from "#test/database.ts";
import { startDeafProxy } from "#test/deaf-proxy.ts";
import { makePublicService } from "#test/gateway-factory.ts";
import { createFundedWorkspace, createModel, createService } from "#test/services-factory.ts";
import { startTcpProxy } from "#test/tcp-proxy.ts";
import { LiveHub } from "./hub.ts";

let database: TestDatabase;
const hubs: LiveHub[] = [];
/** Quick enough to see a connection die. */
const times = { checkMs: 50, answerMs: 300, retryMs: 20, mostRetryMs: 100 };

beforeAll(async () => {
  database = await createTestDatabase();
});
afterEach(() => {
  for (const hub of hubs.splice(0)) hub.close();
});
afterAll(() => database.drop());

function openHub(url = database.url): LiveHub {
  const hub = new LiveHub({ url, times, onError: () => {} });
  hubs.push(hub);
  return hub;
}

/** What one tab of a workspace hears; `topics` those of its changes, each once. */
async function listen(hub: LiveHub, workspaceId: string) {
  const heard: LiveMessage[] = [];
  let ended = false;
  const leave = hub.join({
    workspaceId,
    send: (message) => heard.push(message),
    end: () => {
      ended = true;
    },
  });
  const changes = () => heard.filter((message) => message.kind === "changed");
  await expect.poll(() => heard.at(-1)?.kind, { timeout: 5_000 }).toBe("ready");
  heard.splice(0, heard.length - 1);
  return {
    leave,
    changes,
    kinds: () => heard.map(({ kind }) => kind),
    topics: () => [...new Set(changes().flatMap(({ topics }) => topics))].sort(),
    ended: () => ended,
    forget: () => heard.splice(0),
  };
}

/** A tab's changes once all that was committed has reached it, and its pace has passed. */
const settled = () => sleep(700);

async function addInstance(serviceId: string): Promise<string> {
  const id = newId("ins");
  await database.db.instance.create({ data: { id, serviceId, token: "t" } });
  return id;
}

test("a change tells the tabs of its workspace, and nobody else", async () => {
  const { db } = database;
  const [own, other] = [await createFundedWorkspace(db), await createFundedWorkspace(db)];
  const serviceId = await createService(db, { workspaceId: own });
  const instanceId = await addInstance(serviceId);
  const hub = openHub();
  const [mine, alsoMine, theirs] = [await listen(hub, own), await listen(hub, own), await listen(hub, other)];
  const service = { where: { id: serviceId } };
  const instance = { where: { id: instanceId } };
  const works: [string, () => Promise<unknown>][] = [
    ["state", () => db.modelService.update({ ...service, data: { state: "starting" } })],
    ["reason", () => db.modelService.update({ ...service, data: { reasonData: { bytes: 7 } } })],
    ["suspended", () => db.modelService.update({ ...service, data: { suspendedAt: new Date() } })],
    ["wanted", () => db.modelService.update({ ...service, data: { generation: 2, wantedInstances: 2 } })],
    ["instance", () => db.instance.update({ ...instance, data: { state: "backoff", reason: "crashed", retryAt: new Date() } })],
    ["restarts", () => db.instance.update({ ...instance, data: { restarts: 3 } })],
    ["event", () => db.serviceEvent.create({ data: { serviceId, kind: "scaled", actor: "deployer" } })],
    ["run", () => db.instance.update({ ...instance, data: { nonce: newId("ins"), state: "starting" } })],
    ["new instance", () => addInstance(serviceId)],
    ["new service", () => createService(db, { workspaceId: own })],
    ["deleted", () => db.modelService.update({ ...service, data: { state: "deleted", wanted: "deleted", deletedAt: new Date() } })],
  ];
  for (const [name, work] of works) {
    await settled();
    mine.forget();
    await work();
    await expect.poll(mine.topics, { message: name }).toEqual(["services"]);
  }
  await settled();
  expect(alsoMine.topics()).toEqual(["services"]);
  expect(theirs.kinds()).toEqual(["ready"]);
});

test("what no page shows tells nobody: leases, processes, logs", async () => {
  const { db } = database;
  const own = await createFundedWorkspace(db);
  const serviceId = await createService(db, { workspaceId: own });
  const instanceId = await addInstance(serviceId);
  await db.instance.update({ where: { id: instanceId }, data: { state: "starting", nonce: "first" } });
  const mine = await listen(openHub(), own);
  const lease = { leaseHolder: "d", leaseUntil: new Date(), leaseFence: 9n, observedGeneration: 1 };
  await db.modelService.update({ where: { id: serviceId }, data: lease });
  await db.modelService.update({ where: { id: serviceId }, data: { state: "pending" } });
  await db.instance.update({ where: { id: instanceId }, data: { pid: 1, pidStartedAt: "1", logFile: "x", failures: 1 } });
  await db.instanceRun.updateMany({ where: { serviceId }, data: { logLines: 12, logCursor: "12" } });
  await settled();
  expect(mine.kinds()).toEqual(["ready"]);
});

test("the platform's services and the catalog tell everybody's pages of models; a workspace's own model only its own", async () => {
  const { db } = database;
  const [own, other] = [await createFundedWorkspace(db), await createFundedWorkspace(db)];
  const shared = await makePublicService(db, { name: "shared", endpoints: ["http://127.0.0.1:1"] });
  const [catalogModel, ownModel] = [await createModel(db, null), await createModel(db, null)];
  await db.model.update({ where: { id: ownModel }, data: { workspaceId: own, offersToken: false } });
  const hub = openHub();
  const [mine, theirs] = [await listen(hub, own), await listen(hub, other)];
  const told = async (work: () => Promise<unknown>) => {
    await settled();
    mine.forget();
    theirs.forget();
    await work();
    await settled();
    return [mine.topics(), theirs.topics()];
  };
  const everybody = [["models"], ["models"]];
  expect(await told(() => db.instance.updateMany({ where: { serviceId: shared.id }, data: { state: "draining" } }))).toEqual(everybody);
  expect(await told(() => db.model.update({ where: { id: catalogModel }, data: { hot: true } }))).toEqual(everybody);
  const price = { id: newId("prc"), modelId: catalogModel, effectiveFrom: new Date(), inputNano: 1n, cachedInputNano: 1n, outputNano: 1n };
  expect(await told(() => db.tokenPrice.create({ data: price }))).toEqual(everybody);
  expect(await told(() => db.model.update({ where: { id: ownModel }, data: { deletedAt: new Date() } }))).toEqual([["models"], []]);
  const both = ["models", "services"];
  expect(await told(() => db.region.updateMany({ data: { labelEn: "Elsewhere" } }))).toEqual([both, both]);
});

test("much at once is told at most twice a second, and the last of it always", async () => {
  const { db } = database;
  const own = await createFundedWorkspace(db);
  const serviceId = await createService(db, { workspaceId: own });
  const mine = await listen(openHub(), own);
  const start = performance.now();
  let writes = 0;
  for (; performance.now() - start < 1_600; writes += 1) {
    await db.modelService.update({ where: { id: serviceId }, data: { reasonData: { bytes: writes } } });
  }
  expect(writes).toBeGreaterThan(20);
  const before = mine.changes().length;
  expect(before).toBeGreaterThanOrEqual(3);
  expect(before).toBeLessThanOrEqual(4);
  await db.modelService.update({ where: { id: serviceId }, data: { reasonData: { bytes: -1 } } });
  await expect.poll(() => mine.changes().length, { timeout: 1_000 }).toBe(before + 1);
  await settled();
  expect(mine.changes()).toHaveLength(before + 1);
});

test("however many listen, there is one connection; who has left is told nothing", async () => {
  const { db } = database;
  const own = await createFundedWorkspace(db);
  const serviceId = await createService(db, { workspaceId: own });
  const hub = openHub();
  const tabs = [];
  for (let tab = 0; tab < 20; tab += 1) tabs.push(await listen(hub, tab % 2 === 0 ? own : `ws_${tab}`));
  expect(await connections()).toHaveLength(1);
  expect(hub.size).toBe(20);
  const [gone, ...rest] = tabs.filter((_, tab) => tab % 2 === 0);
  gone?.leave();
  expect(hub.size).toBe(19);
  await db.modelService.update({ where: { id: serviceId }, data: { state: "starting" } });
  await expect.poll(() => rest.every(({ changes }) => changes().length === 1)).toBe(true);
  expect(gone?.changes()).toEqual([]);
});

test("a connection that is cut is told as lost; once there is another, everybody reads again, and changes are told again", async () => {
  const { db } = database;
  const own = await createFundedWorkspace(db);
  const serviceId = await createService(db, { workspaceId: own });
  const hub = openHub();
  const [mine, theirs] = [await listen(hub, own), await listen(hub, "ws_other")];
  const [connection] = await connections();
  await db.$executeRaw`SELECT pg_terminate_backend(${connection}::int)`;
  await expect.poll(() => [mine.kinds(), theirs.kinds()]).toEqual(Array(2).fill(["ready", "lost", "ready"]));
  await db.modelService.update({ where: { id: serviceId }, data: { state: "starting" } });
  await expect.poll(mine.topics).toEqual(["services"]);
});

test("a connection whose other end is silently gone is found out; who joins meanwhile is told", async () => {
  const target = new URL(database.url);
  const proxy = await startTcpProxy({ host: target.hostname, port: Number(target.port) });
  try {
    target.port = String(proxy.port);
    const hub = openHub(target.href);
    const mine = await listen(hub, "ws_cut");
    proxy.cut();
    await expect.poll(mine.kinds, { timeout: 2_000 }).toEqual(["ready", "lost"]);
    const late: LiveMessage[] = [];
    hub.join({ workspaceId: "ws_late", send: (message) => late.push(message), end: () => {} });
    expect(late).toEqual([{ kind: "lost" }]);
    proxy.mend();
    await expect.poll(mine.kinds, { timeout: 5_000 }).toEqual(["ready", "lost", "ready"]);
    expect(late.at(-1)).toEqual({ kind: "ready" });
  } finally {
    await proxy.close();
  }
});

test("where LISTEN goes well and nothing is ever heard, as behind a transaction pooler, nobody is told to rely on it", async () => {
  const pooler = await startDeafProxy(new URL(database.url));
  const failures: string[] = [];
  const target = new URL(database.url);
  target.port = String(pooler.port);
  const hub = new LiveHub({ url: target.href, times, onError: (error) => failures.push(String(error)) });
  try {
    const heard: LiveMessage[] = [];
    hub.join({ workspaceId: "ws_pooled", send: (message) => heard.push(message), end: () => {} });
    await expect.poll(() => failures, { timeout: 5_000 }).toContainEqual(expect.stringContaining("Set it to the server itself"));
    expect(heard.map(({ kind }) => kind)).not.toContain("ready");
  } finally {
    hub.close();
    await pooler.close();
  }
});

test("a closed hub ends every listener, keeps no connection and takes nobody", async () => {
  const hub = openHub();
  const mine = await listen(hub, "ws_closing");
  hub.close();
  expect(mine.ended()).toBe(true);
  let ended = false;
  const end = () => {
    ended = true;
  };
  hub.join({ workspaceId: "ws_late", send: () => {}, end });
  expect([ended, hub.size]).toEqual([true, 0]);
  await expect.poll(connections).toEqual([]);
});

/** Process ids of the connections that listen for pages, in this test's database. */
async function connections(): Promise<number[]> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    const sql = `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = $1`;
    return (await client.query<{ pid: number }>(sql, [pageChangesName])).rows.map(({ pid }) => pid);
  } finally {
    await client.end();
  }
}
