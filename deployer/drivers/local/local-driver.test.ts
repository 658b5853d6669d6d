import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createLocalPlace, type LocalPlace } from "../../testing/local-place.ts";
import { eventually, newRef, until } from "../contract.ts";
import type { Driver, InstanceRef } from "../driver.ts";
import { findEngines } from "./command-lines.ts";

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
  await driver.start(broken, { ...place.spec, weightsFile: "broken/weights.gguf" });
  await until(driver, broken, "gone", 20_000);
  expect(await driver.observe(broken)).toEqual({ phase: "gone", exit: "1" });
  expect(await readFile(join(place.instancesDir, broken.instanceId, "engine.log"), "utf8")).not.toBe("");
});

test("a pid that belongs to another process by now is neither ready nor killed", async () => {
  const stranger = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
  try {
    await eventually(async () => expect(stranger.pid).toBeGreaterThan(0), 1_000);
    const ref = { ...newRef(), pid: stranger.pid as number, pidStartedAt: "1" };
    expect((await driver.observe(ref)).phase).toBe("gone");
    await driver.stop(ref, "kill");
    await driver.end({ ...ref, serviceId: null });
    expect(stranger.exitCode ?? stranger.signalCode).toBeNull();
  } finally {
    stranger.kill("SIGKILL");
  }
});

describe("draining", () => {
  test("running calls end first; a deployer that comes after does not hurry them by a second signal", async () => {
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
    const later = place.open();
    try {
      await later.stop(ref, "drain");
      const observed = await later.observe(ref);
      if (observed.phase !== "gone") expect(observed.drainingMs).not.toBeNull();
      let text = "";
      for (let part = await body?.read(); part && !part.done; part = await body?.read()) text += Buffer.from(part.value).toString();
      expect(text).toContain("[DONE]");
      await until(driver, ref, "gone", 12_000);
      expect(await driver.observe(ref)).toEqual({ phase: "gone", exit: "0" });
    } finally {
      later.close();
    }
  });
});
