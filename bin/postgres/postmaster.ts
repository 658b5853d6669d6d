import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { processStartTime } from "#lib/process-identity.ts";
import { processCommand } from "../setup/process-command.mjs";

const startLimitMs = 60_000;

export interface Postmaster {
  pid: number;
  port: number;
}

/** The server that runs on a data directory, as its postmaster.pid says; null where none does. */
export async function readPostmaster(data: string): Promise<Postmaster | null> {
  const text = await readFile(join(data, "postmaster.pid"), "utf8").catch(() => "");
  // Its lines: pid, data directory, start time, port.
  const lines = text.split("\n");
  const pid = Number(lines[0]);
  const port = Number(lines[3]);
  return pid > 0 && port > 0 && (await servesData(pid, data)) ? { pid, port } : null;
}

/**
 * The server of a data directory once it answers: it may still be recovering, left by a start that was killed. Null
 * where none runs, or it ended meanwhile. A file left from before a reboot, whose pid is another program's now, is taken
 * away, because PostgreSQL itself would refuse to start beside it.
 */
export async function adoptPostmaster(data: string, urlOf: (port: number) => string): Promise<Postmaster | null> {
  const end = performance.now() + startLimitMs;
  while (performance.now() < end) {
    const running = await readPostmaster(data);
    if (!running) {
      await removeForeignPidFile(data);
      return null;
    }
    if (await canConnect(urlOf(running.port))) return running;
    await sleep(100);
  }
  throw new Error(`A PostgreSQL runs on ${data} but does not answer. Stop it, then start again.`);
}

/** Fast shutdown first (ends transactions, writes a checkpoint), harder ways where that takes too long. */
export async function stopPostmaster(pid: number, limits = { orderlyMs: 20_000 }): Promise<void> {
  for (const [signal, waitMs] of [
    ["SIGINT", limits.orderlyMs],
    ["SIGQUIT", 5_000],
    ["SIGKILL", 2_000],
  ] as const) {
    if (!(await isAlive(pid))) return;
    try {
      process.kill(pid, signal);
    } catch {
      return;
    }
    const end = performance.now() + waitMs;
    while ((await isAlive(pid)) && performance.now() < end) await sleep(25);
  }
}

/** Waits until the server answers. */
export async function untilConnected(url: string): Promise<void> {
  const end = performance.now() + startLimitMs;
  while (!(await canConnect(url))) {
    if (performance.now() > end) throw new Error("PostgreSQL did not answer within 60 s");
    await sleep(50);
  }
}

export async function canConnect(url: string): Promise<boolean> {
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

async function removeForeignPidFile(data: string): Promise<void> {
  const file = join(data, "postmaster.pid");
  const pid = Number((await readFile(file, "utf8").catch(() => "")).split("\n")[0]);
  // With a dead pid PostgreSQL decides by itself, and better: it also looks for surviving backends.
  if (pid > 0 && (await isAlive(pid)) && !(await servesData(pid, data))) await rm(file, { force: true });
}

/** The command line names the data directory; a reused pid's does not. */
async function servesData(pid: number, data: string): Promise<boolean> {
  return (await processCommand(pid)).includes(`-D ${data} `);
}

/** False for a zombie: an adopted server is not our child, and its own parent may be slow to notice its end. */
async function isAlive(pid: number): Promise<boolean> {
  return (await processStartTime(pid)) !== null;
}
