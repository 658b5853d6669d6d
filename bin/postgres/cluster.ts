import { execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmod, chown, mkdir, open, readFile, rename, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import pg from "pg";
import { postgresBinaries } from "./binaries.ts";
import { type Owner, postgresOwner } from "./owner.ts";
import { adoptPostmaster, canConnect, readPostmaster, stopPostmaster, untilConnected } from "./postmaster.ts";

const run = promisify(execFile);

export interface Cluster {
  /** Connection URL of the database `hydra`. */
  url: string;
  pid: number;
  /** True where the server was running already, left by a start that was killed. */
  adopted: boolean;
  /** Ends open transactions, writes a checkpoint, and resolves when the process is gone. */
  stop(limits?: { orderlyMs: number }): Promise<void>;
}

export interface ClusterOptions {
  /** Holds `data/` (the database), `password` and `postgres.log`; made where missing. */
  dir: string;
  /** False trades durability for speed: tests only. */
  durable?: boolean;
  maxConnections?: number;
  /** The port to listen on where it is free; default: any. */
  port?: number;
}

/** Starts the PostgreSQL of `dir`, or takes over the one that already runs there. */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const owner = await postgresOwner();
  const native = await postgresBinaries({ asRoot: owner !== null });
  const data = join(options.dir, "data");
  await mkdir(options.dir, { recursive: true, mode: 0o700 });
  // As root the server runs as another user, who must be able to pass through; `data/` and the password stay closed.
  if (owner) await chmod(options.dir, 0o711);
  const password = await clusterPassword(options.dir);
  const url = (port: number, database = "hydra") => `postgresql://hydra:${password}@127.0.0.1:${port}/${database}`;

  const running = await adoptPostmaster(data, (port) => url(port, "postgres"));
  if (running) {
    await ensureDatabase(url(running.port, "postgres"));
    return { url: url(running.port), pid: running.pid, adopted: true, stop: (limits) => stopPostmaster(running.pid, limits) };
  }

  await initialise({ native, dir: options.dir, data, password, owner });
  const port = await freePort(options.port);
  const log = await open(join(options.dir, "postgres.log"), "a", 0o600);
  const settings = {
    listen_addresses: "127.0.0.1",
    port: String(port),
    unix_socket_directories: "",
    max_connections: String(options.maxConnections ?? 100),
    log_min_messages: "warning",
    ...(options.durable === false ? { fsync: "off", synchronous_commit: "off", full_page_writes: "off" } : {}),
  };
  // Its own session: a terminal's Ctrl-C must not end the database before the gateway has drained.
  const child = spawn(
    join(native, "bin", "postgres"),
    ["-D", data, ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`])],
    // Its user may not enter the directory that we were started in.
    { cwd: options.dir, detached: true, stdio: ["ignore", log.fd, log.fd], ...(owner ?? {}) },
  );
  child.unref();
  await log.close();
  const exit = new Promise<never>((_, reject) => {
    child.once("error", reject);
    child.once("exit", () => reject(new Error(`PostgreSQL did not start; see ${join(options.dir, "postgres.log")}`)));
  });
  exit.catch(() => {});
  await Promise.race([exit, untilConnected(url(port, "postgres"))]);
  await ensureDatabase(url(port, "postgres"));
  const pid = child.pid as number;
  return { url: url(port), pid, adopted: false, stop: (limits) => stopPostmaster(pid, limits) };
}

/** URL of the running server of `dir`, or null. */
export async function runningClusterUrl(dir: string): Promise<string | null> {
  const running = await readPostmaster(join(dir, "data"));
  const password = await readFile(join(dir, "password"), "utf8").catch(() => null);
  if (!running || !password) return null;
  const url = `postgresql://hydra:${password.trim()}@127.0.0.1:${running.port}/hydra`;
  return (await canConnect(url)) ? url : null;
}

async function clusterPassword(dir: string): Promise<string> {
  const file = join(dir, "password");
  const known = await readFile(file, "utf8").catch(() => null);
  if (known) return known.trim();
  const made = randomBytes(24).toString("hex");
  await writeFile(file, `${made}\n`, { mode: 0o600 });
  return made;
}

async function initialise(args: { native: string; dir: string; data: string; password: string; owner: Owner | null }) {
  const { native, dir, data, password, owner } = args;
  if (await readFile(join(data, "PG_VERSION"), "utf8").catch(() => null)) return;
  // Into a work folder first, so that a start killed half-way leaves nothing that looks finished.
  const work = join(dir, "data.new");
  const passwordFile = join(dir, "password.initdb");
  await rm(work, { recursive: true, force: true });
  await mkdir(work, { mode: 0o700 });
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (owner) {
    await chown(work, owner.uid, owner.gid);
    await chown(passwordFile, owner.uid, owner.gid);
  }
  await run(
    join(native, "bin", "initdb"),
    ["-D", work, "-U", "hydra", "--auth=scram-sha-256", `--pwfile=${passwordFile}`, "-E", "UTF8"].concat([
      "--locale-provider=builtin",
      "--builtin-locale=C.UTF-8",
      "--locale=C",
    ]),
    { cwd: dir, ...(owner ?? {}), env: { ...process.env, LC_ALL: "C" } },
  );
  await rm(passwordFile, { force: true });
  await rename(work, data);
}

async function ensureDatabase(adminUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    const found = await client.query("SELECT 1 FROM pg_database WHERE datname = 'hydra'");
    if (found.rowCount === 0) await client.query("CREATE DATABASE hydra");
  } finally {
    await client.end();
  }
}

async function freePort(wanted = 0): Promise<number> {
  const server = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(wanted, "127.0.0.1", resolve);
    });
  } catch (error) {
    if (wanted !== 0) return freePort();
    throw error;
  }
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
