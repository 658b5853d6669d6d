import { stat } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import type { Config } from "#lib/config.ts";
import { systemDir } from "../postgres/binaries.ts";
import { type Cluster, startCluster } from "../postgres/cluster.ts";
import { dataPaths } from "./data-dir.ts";
import { checkDisk } from "./disk.ts";
import { Refusal } from "./refusal.ts";
import { installationId } from "./secrets.ts";

const oldestServer = 150_000;

export interface Database {
  url: string;
  /** The same database past any transaction pooler. */
  directUrl: string;
  /** Null where DATABASE_URL names a server of the user's own. */
  cluster: Cluster | null;
}

/** Where the embedded PostgreSQL of a data directory is kept: as root below {@link systemDir}, because it runs as another user. */
export async function clusterDir(dataDir: string): Promise<string> {
  const inside = dataPaths(dataDir).postgres;
  if (process.getuid?.() !== 0) return inside;
  const owner = await stat(join(inside, "data")).catch(() => null);
  if (owner) {
    throw new Refusal(
      `The database in ${inside} belongs to an ordinary user (uid ${owner.uid}). Start Hydra as that user, or set HYDRA_DATA_DIR to another directory.`,
    );
  }
  return join(systemDir, await installationId(dataDir));
}

/** Starts the embedded PostgreSQL, or makes sure that the one of DATABASE_URL can be used. */
export async function openInstallationDatabase(
  config: Pick<Config, "dataDir" | "databaseUrl" | "databaseDirectUrl">,
  options: { port?: number } = {},
): Promise<Database> {
  if (config.databaseUrl) {
    const directUrl = config.databaseDirectUrl ?? config.databaseUrl;
    await checkServer("DATABASE_URL", config.databaseUrl, "SELECT 1");
    await checkServer("DATABASE_DIRECT_URL", directUrl, "LISTEN hydra_probe");
    return { url: config.databaseUrl, directUrl, cluster: null };
  }
  const dir = await clusterDir(config.dataDir);
  if (dir.startsWith(systemDir)) await checkDisk("/var/lib");
  const cluster = await startCluster({ dir, ...options });
  return { url: cluster.url, directUrl: cluster.url, cluster };
}

/** Refuses, naming the variable, where a server cannot be used; the URL's password is not shown. */
export async function checkServer(variable: string, url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000, statement_timeout: 5_000 });
  client.on("error", () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ server_version_num: string }>("SHOW server_version_num");
    const version = Number(rows[0]?.server_version_num);
    if (version < oldestServer) {
      throw new Refusal(`The PostgreSQL of ${variable} has version ${Math.floor(version / 10_000)}; Hydra needs 15 or newer.`);
    }
    await client.query(statement);
  } catch (cause) {
    if (cause instanceof Refusal) throw cause;
    throw new Refusal(
      `Cannot use the PostgreSQL of ${variable} at ${whereOf(url)}: ${reasonOf(cause)}. Start it, or correct ${variable}.`,
      { cause },
    );
  } finally {
    await client.end().catch(() => {});
  }
}

function whereOf(url: string): string {
  const { hostname, port, pathname } = new URL(url);
  return `${hostname || "localhost"}:${port || 5432}${pathname}`;
}

/** A refused connection to a name with two addresses is an AggregateError without a message. */
function reasonOf(error: unknown): string {
  const first = error instanceof AggregateError ? error.errors[0] : error;
  return (first instanceof Error ? first.message : String(first)).replace(/\.$/, "");
}
