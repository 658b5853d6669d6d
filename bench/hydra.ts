import { randomBytes } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { migrate } from "#bin/migrations/migrate.ts";
import { type Cluster, startCluster } from "#bin/postgres/cluster.ts";
import { hashApiKey, maskApiKey, newApiKey } from "#lib/api-key-format.ts";
import { type Db, openDatabase } from "#lib/db/client.ts";
import { newId } from "#lib/ids.ts";
import { nanoPerUnit } from "#lib/money/nano.ts";
import { seed } from "#prisma/seed.ts";
import { freePort } from "#test/free-port.ts";
import { makeCaller, makePublicService, type TestCaller } from "#test/gateway-factory.ts";
import { type Running, start } from "./processes.ts";

/** A whole installation as far as the gateway goes: a durable database, a caller with credit, and gateways with everything on. */
export interface Installation {
  caller: TestCaller;
  /** Makes a public service whose one instance is at that port; returns its access name. */
  addService(name: string, upstreamPort: number): Promise<string>;
  /** Makes so many more keys of the caller's, and as many services. */
  addOthers(count: number, upstreamPort: number): Promise<void>;
  startGateway(): Promise<Running & { metricsPort: number }>;
  close(): Promise<void>;
}

const credit = 1_000_000n * nanoPerUnit;

export async function openInstallation(dir: string): Promise<Installation> {
  const cluster = await startCluster({ dir: join(dir, "postgres"), maxConnections: 100 });
  try {
    await migrate(cluster.url);
    const db = openDatabase(cluster.url, { poolSize: 4 });
    await seed(db);
    return installation(dir, cluster, db, await makeCaller(db, credit));
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

function installation(dir: string, cluster: Cluster, db: Db, caller: TestCaller): Installation {
  const secret = randomBytes(32).toString("hex");
  return {
    caller,
    async addService(name, upstreamPort) {
      await makePublicService(db, { name, endpoints: [`http://127.0.0.1:${upstreamPort}`] });
      return `public/${name}`;
    },
    async addOthers(count, upstreamPort) {
      await addKeys(db, caller, count);
      const tag = randomBytes(3).toString("hex");
      for (let index = 0; index < count; index++) {
        await makePublicService(db, { name: `other-${tag}-${index}`, endpoints: [`http://127.0.0.1:${upstreamPort}`] });
      }
    },
    async startGateway() {
      const port = await freePort();
      const home = join(dir, `gateway-${port}`);
      await mkdir(home, { recursive: true });
      const metricsPort = await freePort();
      const running = await start({
        command: process.execPath,
        args: [join(import.meta.dirname, "../gateway/main.ts")],
        port,
        env: {
          NODE_ENV: "production",
          NODE_COMPILE_CACHE: join(dir, "cache"),
          DATABASE_URL: cluster.url,
          DATABASE_DIRECT_URL: cluster.url,
          HYDRA_SECRET: secret,
          HYDRA_DATA_DIR: home,
          HYDRA_GATEWAY_PORT: String(port),
          HYDRA_METRICS_PORT: String(metricsPort),
        },
      });
      return { ...running, metricsPort };
    },
    async close() {
      await db.$disconnect();
      await cluster.stop();
    },
  };
}

async function addKeys(db: Db, caller: TestCaller, count: number): Promise<void> {
  const { userId, workspaceId } = caller;
  const data = Array.from({ length: count }, () => {
    const key = newApiKey();
    return { id: newId("key"), workspaceId, userId, name: "other", hash: hashApiKey(key), masked: maskApiKey(key) };
  });
  await db.apiKey.createMany({ data });
}
