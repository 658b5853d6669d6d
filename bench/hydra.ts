import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
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
  db: Db;
  /** PostgreSQL's first process, which starts all others. */
  databasePid: number;
  caller: TestCaller;
  /** Makes a public service whose one instance is at that port; returns its access name. */
  addService(name: string, upstreamPort: number): Promise<string>;
  /** Makes so many more keys of the caller's, and as many services. */
  addOthers(count: number, upstreamPort: number): Promise<void>;
  startGateway(): Promise<Running & { metricsPort: number }>;
  /** A deployer that keeps its instances below that folder; resolves once it has looked at everything. Ends them when it stops. */
  startDeployer(dataDir: string): Promise<{ stop(): Promise<void> }>;
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
    db,
    databasePid: cluster.pid,
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
        measured: true,
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
    startDeployer: (dataDir) =>
      startDeployer(dataDir, { DATABASE_URL: cluster.url, DATABASE_DIRECT_URL: cluster.url, HYDRA_SECRET: secret }),
    async close() {
      await db.$disconnect();
      await cluster.stop();
    },
  };
}

async function startDeployer(dataDir: string, env: Record<string, string>): Promise<{ stop(): Promise<void> }> {
  await mkdir(dataDir, { recursive: true });
  const child = spawn(process.execPath, [join(import.meta.dirname, "../deployer/main.ts")], {
    env: { ...process.env, NODE_ENV: "production", ...env, HYDRA_DATA_DIR: dataDir, HYDRA_LOG_LEVEL: "error" },
    stdio: ["ignore", "ignore", "inherit"],
  });
  const exit = once(child, "exit");
  const readyFile = join(dataDir, "run", "deployer.json");
  while (!(await stat(readyFile).catch(() => null))) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error("the deployer ended before it was ready");
    await sleep(50);
  }
  return {
    async stop() {
      // Ends the instances too.
      child.kill("SIGUSR2");
      await exit;
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
