import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createLogger } from "#lib/observability/logger.ts";
import { createTestDatabase } from "#test/database.ts";
import { makeCaller } from "#test/gateway-factory.ts";
import { startTcpProxy } from "#test/tcp-proxy.ts";
import { openGateway } from "./open.ts";
import { testSecret } from "./testing/harness.ts";

test("started while its database is away a gateway refuses in order, serves as soon as it can, and ends without it", async () => {
  const database = await createTestDatabase();
  const caller = await makeCaller(database.db);
  const { hostname, port } = new URL(database.url);
  const proxy = await startTcpProxy({ host: hostname, port: Number(port) });
  const through = new URL(database.url);
  through.port = String(proxy.port);
  proxy.cut();
  const dataDir = await mkdtemp(join(tmpdir(), "hydra-gateway-"));
  const logger = createLogger("gateway", { level: "silent", format: "json" });
  const settings = { domain: "localhost", bind: "127.0.0.1", trustedProxies: [], imageHosts: [], currency: "CNY" };
  const gateway = openGateway({
    databaseUrl: through.href,
    dataDir,
    secret: testSecret,
    settings,
    logger,
    limits: { drainMs: 500, flushMs: 500 },
  });
  const url = `http://127.0.0.1:${await gateway.listen(0, "127.0.0.1")}`;
  const models = () => fetch(`${url}/v1/models`, { headers: { authorization: `Bearer ${caller.key}` } });

  const refused = await models();
  expect([refused.status, (await refused.json()).error.code]).toEqual([503, "billing_unavailable"]);
  expect(refused.headers.get("retry-after")).toBe("5");
  expect((await fetch(`${url}/readyz`)).status).toBe(503);
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  proxy.mend();
  await expect.poll(async () => (await models()).status, { timeout: 10_000 }).toBe(200);
  expect((await fetch(`${url}/readyz`)).status).toBe(200);

  proxy.cut();
  const startedMs = performance.now();
  await gateway.close();
  expect(performance.now() - startedMs).toBeLessThan(15_000);
  await proxy.close();
  await database.drop();
  await rm(dataDir, { recursive: true });
}, 60_000);
