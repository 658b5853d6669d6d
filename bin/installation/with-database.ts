import { setTimeout as sleep } from "node:timers/promises";
import type { Config } from "#lib/config.ts";
import { runningClusterUrl } from "../postgres/cluster.ts";
import { makeDataDir } from "./data-dir.ts";
import { clusterDir, openInstallationDatabase } from "./database.ts";
import { isLocked, lockDataDir, readHolder } from "./lock.ts";
import { Refusal } from "./refusal.ts";

const waitMs = 15_000;

/**
 * Runs `work` with the URL of the installation's database. Where the embedded PostgreSQL does not run, it is started for
 * that time and stopped again, a Ctrl-C included.
 */
export async function withDatabase<T>(config: Config, command: string, work: (url: string) => Promise<T>): Promise<T> {
  await makeDataDir(config.dataDir);
  if (config.databaseUrl) return work((await openInstallationDatabase(config)).url);
  const url = await urlOfRunningStack(config.dataDir);
  if (url) return work(url);
  const lock = await lockDataDir(config.dataDir, { command, consoleUrl: null });
  try {
    const { url: ownUrl, cluster } = await openInstallationDatabase(config);
    const stopAndExit = () => void cluster?.stop().finally(() => process.exit(130));
    process.once("SIGINT", stopAndExit);
    process.once("SIGTERM", stopAndExit);
    try {
      return await work(ownUrl);
    } finally {
      process.removeListener("SIGINT", stopAndExit);
      process.removeListener("SIGTERM", stopAndExit);
      // One that ran before serves gateway and console of a start that was killed; they go on with it.
      if (cluster && !cluster.adopted) await cluster.stop();
    }
  } finally {
    lock.release();
  }
}

/** URL of the database that a running `hydra up` keeps; null where nothing runs. Another command in progress is waited for. */
async function urlOfRunningStack(dataDir: string): Promise<string | null> {
  const end = performance.now() + waitMs;
  while (isLocked(dataDir)) {
    const holder = await readHolder(dataDir);
    const url = holder?.command === "up" ? await runningClusterUrl(await clusterDir(dataDir)) : null;
    if (url) return url;
    if (performance.now() > end) throw new Refusal(`Hydra is just starting or stopping on ${dataDir}. Try again in a moment.`);
    await sleep(100);
  }
  return null;
}
