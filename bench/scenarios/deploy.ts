import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { chmod, mkdir, open, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Db } from "#lib/db/client.ts";
import { deploy as deployService } from "#lib/services/model-services/deploy.ts";
import { remove } from "#lib/services/model-services/remove.ts";
import { type Bench, fixed, inTurn, median, type Row } from "../bench.ts";
import { type Installation, openInstallation } from "../hydra.ts";

const root = join(import.meta.dirname, "../..");
/** Both sides are looked at so often: to look takes processor time too, and must not take one side more than the other. */
const pollMs = 20;
const limitMs = 60_000;
/** On top of a bare spawn. */
const addedFloorMs = 500;
const manyAtOnce = 8;
const manyFloor = 1.2;

/** From the order of hydra-tiny to Running, beside the same engine spawned by hand until it answers; one, and eight at once. */
export async function deploy({ dir, rounds, use }: Bench): Promise<Row[]> {
  // A database of its own: a deployer would bring up the services of the other scenarios.
  const home = join(dir, "deploy");
  await mkdir(home);
  await chmod(home, 0o711);
  const hydra = await openInstallation(home);
  await use(Promise.resolve({ stop: () => hydra.close() }));
  await use(hydra.startDeployer(join(home, "data")));
  const sides = [
    { name: "bare", bring: (count: number) => spawnBare(home, count) },
    { name: "deployed", bring: (count: number) => deployMany(hydra, count) },
  ];
  const rows: Row[] = [];
  for (const count of [1, manyAtOnce]) {
    for (const side of sides) await side.bring(1);
    const times = await inTurn(rounds, sides, (side) => side.bring(count));
    const [bareMs, deployedMs] = sides.map((side) => median(times.get(side) ?? []));
    rows.push(rowOf(count, bareMs ?? Number.NaN, deployedMs ?? Number.NaN));
  }
  return rows;
}

function rowOf(count: number, bareMs: number, deployedMs: number): Row {
  const added = deployedMs - bareMs;
  const reached = count === 1 ? added <= addedFloorMs : deployedMs / bareMs <= manyFloor;
  const floor = count === 1 ? `+${addedFloorMs} ms` : `${manyFloor} ×`;
  return {
    scenario: count === 1 ? "deploy hydra-tiny → Running" : `deploy ${count} at once → all Running`,
    figure: `${fixed(deployedMs, 0)} ms, bare spawn until it answers ${fixed(bareMs, 0)} ms`,
    ratio: count === 1 ? `${added < 0 ? "−" : "+"}${fixed(Math.abs(added), 0)} ms` : `${fixed(deployedMs / bareMs, 2)} × bare`,
    verdict: `floor ${floor} ${reached ? "reached" : "MISSED"}`,
  };
}

/** Milliseconds until all of them are Running; they are deleted again, which is not counted. */
async function deployMany({ db, caller }: Installation, count: number): Promise<number> {
  const type = await db.instanceType.findFirstOrThrow({ where: { name: "cpu-small" } });
  const actor = { ...caller, role: "user" as const };
  const config = { currency: "CNY", domain: "localhost", gatewayPort: 8080, signup: "open" as const, signupCredit: 0, setupToken: null };
  const ctx = { db, actor, now: () => new Date(), config: { ...config, beyondLoopback: false } };
  const names = Array.from({ length: count }, () => `tiny-${randomBytes(4).toString("hex")}`);
  const start = performance.now();
  const place = { modelSlug: "hydra-tiny", regionId: type.regionId, instanceTypeId: type.id, instances: 1 };
  const made = await Promise.all(names.map((name) => deployService({ ctx, input: { ...place, name } })));
  const ids = made.map((service) => service.id);
  await until(() => areAll(db, ids, "running"));
  const tookMs = performance.now() - start;
  await Promise.all(made.map(({ id, name }) => remove({ ctx, input: { id, confirmName: name } })));
  await until(() => areAll(db, ids, "deleted"));
  return tookMs;
}

async function areAll(db: Db, ids: string[], state: "running" | "deleted"): Promise<boolean> {
  const [row] = await db.$queryRaw<{ left: bigint }[]>`
    SELECT count(*) AS "left" FROM "model_services" WHERE "id" = ANY(${ids}) AND "state"::text <> ${state}`;
  return row?.left === 0n;
}

/** Milliseconds until all of them answer. */
async function spawnBare(home: string, count: number): Promise<number> {
  const started: ChildProcess[] = [];
  const dirs = Array.from({ length: count }, () => join(home, `bare-${randomBytes(4).toString("hex")}`));
  await Promise.all(dirs.map((one) => mkdir(one)));
  try {
    const start = performance.now();
    await Promise.all(dirs.map((one) => spawnOne(one, started)));
    return performance.now() - start;
  } finally {
    await Promise.all(started.map(end));
    await Promise.all(dirs.map((one) => rm(one, { recursive: true })));
  }
}

async function spawnOne(dir: string, started: ChildProcess[]): Promise<void> {
  const [token, nonce, stateFile] = [randomBytes(32).toString("hex"), randomBytes(32).toString("hex"), join(dir, "state.json")];
  // What the deployer starts an instance of this type with.
  const size = { context: "1024", parallel: "4", threads: "1", cache: "64" };
  const flags = { instance: "bare", service: "bare", name: "bare/hydra-tiny", ...size, state: stateFile };
  const args = Object.entries({ ...flags, model: join(root, "models/hydra-tiny/tiny-chat.gguf") }).flatMap(([name, value]) => [
    `--${name}`,
    value,
  ]);
  const env = { PATH: process.env.PATH ?? "", NODE_ENV: "production" as const, HYDRA_LOG_LEVEL: "error" };
  const log = await open(join(dir, "engine.log"), "a");
  const child = spawn(process.execPath, [join(root, "engine/main.ts"), ...args], {
    env: { ...env, HYDRA_INSTANCE_TOKEN: token, HYDRA_INSTANCE_NONCE: nonce },
    stdio: ["ignore", log.fd, log.fd],
    detached: true,
  });
  started.push(child);
  await log.close();
  let port: number | null = null;
  await until(async () => {
    port ??= await portIn(stateFile);
    if (port === null) return false;
    const answer = await fetch(`http://127.0.0.1:${port}/health`, { headers: { authorization: `Bearer ${token}` } });
    await answer.body?.cancel();
    return answer.status === 200;
  });
}

async function portIn(stateFile: string): Promise<number | null> {
  const text = await readFile(stateFile, "utf8").catch(() => null);
  return text === null ? null : Number((JSON.parse(text) as { port: number }).port);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, "exit");
  child.kill("SIGKILL");
  await exit;
}

async function until(done: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + limitMs;
  while (!(await done())) {
    if (performance.now() > deadline) throw new Error(`not there within ${limitMs / 1_000} s`);
    await sleep(pollMs);
  }
}
