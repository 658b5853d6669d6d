import { execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chown, mkdir, open, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import pg from "pg";
import { postgresBinaries } from "./binaries.ts";
import { type Owner, postgresOwner } from "./owner.ts";

const run = promisify(execFile);

export interface Cluster {
  /** Connection URL of the database `hydra`. */
  url: string;
  pid: number;
  /** True where the server was running already, left by a start that was killed. */
  adopted: boolean;
  /** Ends open transactions, writes a checkpoint, and resolves when the process is gone. */
  stop(): Promise<void>;
}

export interface ClusterOptions {
  /** Holds `data/` (the database), `password` and `postgres.log`; made where missing. */
  dir: string;
  /** False trades durability for speed: tests only. */
  durable?: boolean;
  maxConnections?: number;
}

/** Starts the PostgreSQL of `dir`, or takes over the one that already runs there. */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const owner = await postgresOwner();
  const native = await postgresBinaries({ asRoot: owner !== null });
  const data = join(options.dir, "data");
  await mkdir(options.dir, { recursive: true, mode: owner ? 0o711 : 0o700 });
  const password = await clusterPassword(options.dir);
  const url = (port: number, database = "hydra") => `postgresql://hydra:${password}@127.0.0.1:${port}/${database}`;

  const running = await readPostmaster(data);
  if (running && (await canConnect(url(running.port, "postgres")))) {
    await ensureDatabase(url(running.port, "postgres"));
    return { url: url(running.port), pid: running.pid, adopted: true, stop: () => stopPostmaster(running.pid) };
  }

  await initialise({ native, dir: options.dir, data, password, owner });
  const port = await freePort();
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
    { detached: true, stdio: ["ignore", log.fd, log.fd], ...(owner ?? {}) },
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
  return { url: url(port), pid, adopted: false, stop: () => stopPostmaster(pid) };
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
    { ...(owner ?? {}), env: { ...process.env, LC_ALL: "C" } },
  );
  await rm(passwordFile, { force: true });
  await rename(work, data);
}

/** The first lines of postmaster.pid: pid, data directory, start time, port. */
async function readPostmaster(data: string): Promise<{ pid: number; port: number } | null> {
  const text = await readFile(join(data, "postmaster.pid"), "utf8").catch(() => "");
  const lines = text.split("\n");
  const pid = Number(lines[0]);
  const port = Number(lines[3]);
  return pid > 0 && port > 0 && alive(pid) ? { pid, port } : null;
}

async function stopPostmaster(pid: number): Promise<void> {
  for (const [signal, waitMs] of [
    ["SIGINT", 20_000],
    ["SIGQUIT", 5_000],
    ["SIGKILL", 2_000],
  ] as const) {
    if (!alive(pid)) return;
    process.kill(pid, signal);
    const end = performance.now() + waitMs;
    while (alive(pid) && performance.now() < end) await sleep(25);
  }
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

async function untilConnected(url: string): Promise<void> {
  const end = performance.now() + 60_000;
  while (!(await canConnect(url))) {
    if (performance.now() > end) throw new Error("PostgreSQL did not answer within 60 s");
    await sleep(50);
  }
}

async function canConnect(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 3_000 });
  client.on("error", () => {});
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
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

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
