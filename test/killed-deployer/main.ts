import childProcess from "node:child_process";
import fs from "node:fs/promises";
import { flushCompileCache, syncBuiltinESMExports } from "node:module";
import { join } from "node:path";
import pg from "pg";

// The deployer as it is, in a process that can be told to kill itself right after the step of a number: the first statement of a
// transaction that writes a plan's rows (those after it are no different: nothing of it stays), its commit, or a statement
// alone; a process started or signalled; a file written below the instances' folder. Right before a step is right after the one
// before it. Numbers count from when it is told so.

/** `stopSpawned`: the process that was started last stands still from its first moment on, so that it is found half-way. */
export interface Orders {
  killAfter: number | "spawn";
  stopSpawned?: boolean;
}

const planTables = /^\s*(?:INSERT INTO|UPDATE)\s+(?:"public"\.)?"(?:model_services|instances|service_events)"/;
const instancesDir = join(process.env.HYDRA_DATA_DIR ?? "", "instances");
const signal = process.kill.bind(process);
/** Clients in a transaction; whether it has written rows of a plan. */
const transactions = new WeakMap<object, { wrote: boolean }>();
let orders: Orders | null = process.argv[2] ? JSON.parse(process.argv[2]) : null;
let steps = 0;

function step(name: string): void {
  if (!orders) return;
  steps += 1;
  if (orders.killAfter !== steps && orders.killAfter !== name) return;
  signal(process.pid, "SIGKILL");
}

/** A statement is a step once the server has answered it. */
const { query } = pg.Client.prototype;
pg.Client.prototype.query = function (this: pg.Client, ...args: unknown[]) {
  const [first] = args;
  const text = typeof first === "string" ? first : ((first as { text?: string } | undefined)?.text ?? "");
  const isStep = isPlanStep(this, text);
  const answer = Reflect.apply(query, this, args);
  if (!isStep) return answer;
  return Promise.resolve(answer).then((result) => {
    step(text);
    return result;
  });
} as typeof query;

function isPlanStep(client: object, text: string): boolean {
  const transaction = transactions.get(client);
  if (text === "BEGIN") transactions.set(client, { wrote: false });
  if (text === "COMMIT" || text === "ROLLBACK") transactions.delete(client);
  if (text === "COMMIT") return transaction?.wrote ?? false;
  if (!planTables.test(text)) return false;
  const isFirst = !transaction?.wrote;
  if (transaction) transaction.wrote = true;
  return isFirst;
}

for (const name of ["writeFile", "rename", "rm", "mkdir"] as const) {
  const inner = fs[name] as (...args: unknown[]) => Promise<unknown>;
  Reflect.set(fs, name, async (...args: unknown[]) => {
    const result = await inner(...args);
    if (String(args[0]).startsWith(instancesDir)) step(name);
    return result;
  });
}

const { spawn } = childProcess;
childProcess.spawn = ((...args: Parameters<typeof spawn>) => {
  const child = spawn(...args);
  if (orders?.stopSpawned && child.pid !== undefined) signal(child.pid, "SIGSTOP");
  step("spawn");
  return child;
}) as typeof spawn;

process.kill = (pid, name) => {
  const result = signal(pid, name);
  if (name !== 0) step("signal");
  return result;
};

syncBuiltinESMExports();
process.on("message", (told: Orders) => {
  // A process that is killed writes no cache of what it compiled; those after it start sooner with this one's.
  if (!orders) flushCompileCache();
  orders = told;
  steps = 0;
  process.send?.("told");
});
await import("#deployer/main.ts");
