import { randomBytes } from "node:crypto";
import { mkdir, realpath, rename, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { ConfigError, parseChildConfig } from "#lib/config.ts";
import { watchChanges } from "#lib/db/changes.ts";
import { type Db, openDatabase } from "#lib/db/client.ts";
import { createHubs } from "#lib/hub/hubs.ts";
import { createLogger } from "#lib/observability/logger.ts";
import { findUpstream } from "#lib/services/upstreams/find.ts";
import { startBilling } from "./billing/billing.ts";
import { lazyDriver } from "./drivers/lazy-driver.ts";
import { createDriverRegistry, type DriverRegistry } from "./drivers/registry.ts";
import { createUpstreamDriver } from "./drivers/upstream/upstream-driver.ts";
import { openLocalDriver, openWeights } from "./open-local-driver.ts";
import { deployerName, watchOtherMachines } from "./other-machines.ts";
import type { InstalledPrograms } from "./recipes/local-run.ts";
import { endAll } from "./reconcile/end-all.ts";
import { startLoop } from "./reconcile/loop.ts";
import type { ReconcileDeps } from "./reconcile/reconcile.ts";
import { startRunLogs } from "./run-logs/run-logs.ts";
import { findInstalled } from "./runtimes/installed.ts";
import { recordFacts } from "./weights/record-facts.ts";
import type { WeightsStore } from "./weights/store.ts";

type ChildConfig = ReturnType<typeof parseChildConfig>;

/**
 * The deployer. SIGTERM ends it and leaves the instances serving; SIGUSR2 ends the instances in order too, and their rows go
 * back to `pending`. Writes `run/deployer.json` in the data directory once its first sweep is done.
 */
async function main(config: ChildConfig): Promise<void> {
  const logger = createLogger("deployer", { level: config.logLevel, format: config.logFormat });
  const signal = nextSignal();
  await mkdir(config.dataDir, { recursive: true, mode: 0o700 });
  const dataDir = await realpath(config.dataDir);
  const db = openDatabase(config.databaseUrl, { poolSize: 10 });
  const weights = openWeights(dataDir, createHubs(config), logger, { onDownloaded: (ref, ready) => recordFacts(db, ref, ready) });
  const installed = await findInstalled(process.env.PATH);
  const drivers = openDrivers({ config, dataDir, db, weights, installed });
  const holder = `${hostname()}:${process.pid}:${randomBytes(6).toString("hex")}`;
  const deps: ReconcileDeps = { db, drivers, holder, logger, now: () => new Date(), random: Math.random };

  const loop = startLoop(deps);
  const runLogs = startRunLogs(deps);
  const billing = startBilling({ db, databaseDirectUrl: config.databaseDirectUrl, logger });
  const endWatch = watchChanges(
    config.databaseDirectUrl,
    ["services", "instances"],
    () => {
      loop.wake();
      runLogs.wake();
    },
    (error) => logger.warn({ err: error }, "change signals are interrupted; sweeps go on"),
    deployerName(dataDir),
  );
  const endOthersWatch = watchOtherMachines({ db, logger, own: deployerName(dataDir) });
  const readyFile = join(dataDir, "run", "deployer.json");
  void loop.firstSweep.then(() => writeReady(readyFile)).catch((error) => logger.error({ err: error }, `cannot write ${readyFile}`));
  logger.info({ holder, dataDir }, "deployer started");

  const received = await signal;
  logger.info({ signal: received }, "stopping");
  await Promise.all([endWatch(), endOthersWatch()]);
  await loop.stop();
  await rm(readyFile, { force: true });
  if (received === "SIGUSR2") await endAll(deps);
  await Promise.all([billing.stop(), runLogs.stop()]);
  drivers.close();
  await weights.close();
  await db.$disconnect();
  logger.info("stopped");
}

interface Around {
  config: ChildConfig;
  dataDir: string;
  db: Db;
  weights: WeightsStore;
  installed: InstalledPrograms;
}

function openDrivers({ config, dataDir, db, weights, installed }: Around): DriverRegistry {
  const passed = ["PATH", "HOME", "LANG", "NODE_COMPILE_CACHE"].flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : []));
  const env = { ...Object.fromEntries(passed), HYDRA_LOG_LEVEL: config.logLevel };
  return createDriverRegistry({
    local: () => openLocalDriver({ dataDir, weights, env, installed }),
    kubernetes: (region) =>
      lazyDriver(async () => (await import("./drivers/kubernetes/kubernetes-driver.ts")).createKubernetesDriver({ region })),
    upstream: () => createUpstreamDriver({ find: (id) => findUpstream({ db, secret: config.secret, id }), random: Math.random }),
  });
}

/** The first signal that asks to stop. Under `hydra up` Ctrl-C is none of ours: it tells each part when its turn has come. */
function nextSignal(): Promise<NodeJS.Signals> {
  const { promise, resolve } = Promise.withResolvers<NodeJS.Signals>();
  process.on("SIGTERM", resolve);
  process.on("SIGUSR2", resolve);
  process.on("SIGINT", (signal) => process.stdin.isTTY && resolve(signal));
  return promise;
}

async function writeReady(file: string): Promise<void> {
  await mkdir(join(file, ".."), { recursive: true, mode: 0o700 });
  await writeFile(`${file}.new`, `${JSON.stringify({ pid: process.pid, readyAt: new Date().toISOString() })}\n`, { mode: 0o600 });
  await rename(`${file}.new`, file);
}

try {
  await main(parseChildConfig(process.env));
  // Pipes of instances that go on must not hold it back.
  process.exit(0);
} catch (error) {
  const said = error instanceof ConfigError ? error.message : `The deployer ended: ${(error as Error).stack ?? error}`;
  process.stderr.write(`${said}\n`);
  process.exit(1);
}
