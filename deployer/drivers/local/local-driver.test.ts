import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createLocalPlace, type LocalPlace, localSpec } from "../../testing/local-place.ts";
import { eventually, newRef, until } from "../contract.ts";
import type { Driver, InstanceRef } from "../driver.ts";
import { findEngines } from "./command-lines.ts";
import { createHealthCheck } from "./health.ts";
import { createLocalDriver } from "./local-driver.ts";

let place: LocalPlace;
let driver: Driver;
beforeEach(async () => {
  place = await createLocalPlace();
  driver = place.open();
});
afterEach(async () => {
  driver.close();
  await place.dispose();
});

async function running(): Promise<InstanceRef & { pid: number }> {
  const ref = newRef();
  const { pid, pidStartedAt } = await driver.start(ref, place.spec);
  if (pid === null) throw new Error("no pid");
  const known = { ...ref, pid, pidStartedAt };
  await until(driver, known, "ready", 20_000);
  return known;
}

test("no secret of the installation reaches the engine, and its own are not on the command line", async () => {
  process.env.DATABASE_URL ??= "postgresql://somewhere/else";
  const ref = await running();
  const [line] = await findEngines(place.instancesDir);
  expect(line).toMatchObject({ pid: ref.pid, instanceId: ref.instanceId, serviceId: ref.serviceId });
  if (process.platform !== "linux") return;
  const environment = (await readFile(`/proc/${ref.pid}/environ`, "utf8")).split("\0").filter(Boolean);
  const names = environment.map((entry) => entry.split("=")[0]).sort();
  expect(names).toEqual(["HYDRA_INSTANCE_NONCE", "HYDRA_INSTANCE_TOKEN", "NODE_ENV", "PATH"]);
  const command = await readFile(`/proc/${ref.pid}/cmdline`, "utf8");
  expect(command).not.toContain(ref.token);
  expect(command).not.toContain(ref.nonce);
});

test("an engine that hangs is unreachable only after three missed answers, and comes back when it answers again", async () => {
  const ref = await running();
  process.kill(ref.pid, "SIGSTOP");
  const stoppedAt = performance.now();
  await until(driver, ref, "unreachable", 15_000);
  expect(performance.now() - stoppedAt).toBeGreaterThan(4_000);
  process.kill(ref.pid, "SIGCONT");
  await until(driver, ref, "ready", 5_000);
});

test("an engine that hangs can be killed", async () => {
  const ref = await running();
  process.kill(ref.pid, "SIGSTOP");
  await driver.stop(ref, "kill");
  await until(driver, ref, "gone", 3_000);
  expect(await place.count()).toBe(0);
});

test("how it ended is known for a child: a code, or a signal's name", async () => {
  const killed = await running();
  process.kill(killed.pid, "SIGKILL");
  await until(driver, killed, "gone", 3_000);
  expect(await driver.observe(killed)).toEqual({ phase: "gone", exit: "SIGKILL" });

  const broken = newRef();
  await driver.start(broken, localSpec("broken/weights.gguf"));
  await until(driver, broken, "gone", 20_000);
  expect(await driver.observe(broken)).toEqual({ phase: "gone", exit: "1" });
  expect((await driver.logs(broken, null))?.lines).not.toEqual([]);
});

test("a pid that belongs to another process by now is neither ready nor killed", async () => {
  const stranger = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
  try {
    await eventually(async () => expect(stranger.pid).toBeGreaterThan(0), 1_000);
    const ref = { ...newRef(), pid: stranger.pid as number, pidStartedAt: "1" };
    expect((await driver.observe(ref)).phase).toBe("gone");
    await driver.stop(ref, "kill");
    await driver.end({ ...ref, serviceId: null });
    await sleep(300);
    expect(stranger.exitCode ?? stranger.signalCode).toBeNull();
  } finally {
    stranger.kill("SIGKILL");
  }
});

test("only the engine itself answers for its health: who shows another nonce, or refuses the token, does not", async () => {
  const ref = await running();
  const { endpoint } = await until(driver, ref, "ready", 0);
  const health = createHealthCheck();
  try {
    const ask = (address: string | null, token: string, nonce: string | null) => health.ask(address ?? "", token, nonce ?? "");
    expect(await ask(endpoint, ref.token, ref.nonce)).toBe("ok");
    expect(await ask(endpoint, ref.token, "another")).toBe("missed");
    expect(await ask(endpoint, "another", ref.nonce)).toBe("missed");
    expect(await ask("http://127.0.0.1:1", ref.token, ref.nonce)).toBe("missed");
  } finally {
    health.close();
  }
});

describe("draining", () => {
  test("one signal, however many deployers ask: a second one would cut running calls short", async () => {
    const script = 'process.on("SIGTERM", () => process.stdout.write("asked ")); setInterval(() => {}, 1000); process.stdout.write("up ")';
    const openCounting = () =>
      createLocalDriver({
        dataDir: place.dataDir,
        weights: { status: async () => ({ state: "ready", path: process.execPath, projectorPath: null, sizeBytes: 1 }), fetch: () => {} },
        cacheBytesPerToken: async () => 0,
        weightsOf: ({ weights }) => weights,
        command: () => ({ file: process.execPath, args: ["-e", script], env: {} }),
      });
    const [first, second] = [openCounting(), openCounting()];
    const ref = newRef();
    const { pid, pidStartedAt, logFile } = await first.start(ref, place.spec);
    const known = { ...ref, pid, pidStartedAt };
    const log = () => readFile(logFile ?? "", "utf8");
    try {
      await eventually(async () => expect(await log()).toBe("up "), 10_000);
      for (const one of [first, second, first, second]) await one.stop(known, "drain");
      for (const one of [first, second]) expect(await one.observe(known)).toMatchObject({ drainingMs: expect.any(Number) });
      await eventually(async () => expect(await log()).toBe("up asked "), 2_000);
      await sleep(500);
      expect(await log()).toBe("up asked ");
    } finally {
      await second.stop(known, "kill");
      await until(first, known, "gone", 3_000);
      for (const one of [first, second]) one.close();
    }
  });

  test("running calls end first", async () => {
    const ref = await running();
    const seen = await until(driver, ref, "ready", 0);
    const answer = fetch(`${seen.endpoint}/v1/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${ref.token}`, "content-type": "application/json" },
      body: JSON.stringify({ model: place.spec.accessName, prompt: "Once upon a time", max_tokens: 400, stream: true, temperature: 1 }),
    });
    const body = (await answer).body?.getReader();
    expect((await body?.read())?.done).toBe(false);
    await driver.stop(ref, "drain");
    let text = "";
    for (let part = await body?.read(); part && !part.done; part = await body?.read()) text += Buffer.from(part.value).toString();
    expect(text).toContain("[DONE]");
    await until(driver, ref, "gone", 12_000);
    expect(await driver.observe(ref)).toEqual({ phase: "gone", exit: "0" });
  });
});
