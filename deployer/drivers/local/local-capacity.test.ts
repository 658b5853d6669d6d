import { readFile } from "node:fs/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createLocalPlace, type LocalPlace, openLocal } from "../../testing/local-place.ts";
import { eventually, newRef, until } from "../contract.ts";
import type { Driver, InstanceRef, InstanceSpec } from "../driver.ts";
import type { Machine } from "./capacity.ts";
import { findEngines } from "./command-lines.ts";
import { usedBytesOf } from "./machine.ts";

const gib = 1024 ** 3;
/** A machine that has room for two and a half of what these tests start, in cores. */
const machine: Machine = { availableBytes: 8 * gib, cpuMilli: 2_500, gpus: [{ uuid: "GPU-1", name: "NVIDIA L4", memoryBytes: 24 * gib }] };

let place: LocalPlace;
let spec: InstanceSpec;
let opened: Driver[];
beforeEach(async () => {
  place = await createLocalPlace();
  spec = { ...place.spec, resources: { ...place.spec.resources, cpuMilli: 1_000 } };
  opened = [];
});
afterEach(async () => {
  for (const driver of opened) driver.close();
  await place.dispose();
});

function open(): Driver {
  const driver = openLocal(place.dataDir, async () => machine);
  opened.push(driver);
  return driver;
}

const startAt = (driver: Driver, ref: InstanceRef) =>
  driver.start(ref, spec).then(
    () => null,
    (error) => error.obstacle,
  );
const full = { reason: "insufficient_capacity", data: { resource: "cpu", needs: 1_000, free: 500 } };

test("of many starts by two deployers at once, as many succeed as fit, and the others are told what is missing", async () => {
  const drivers = [open(), open()] as const;
  const results = await Promise.all(Array.from({ length: 8 }, (_, index) => startAt(drivers[index % 2 === 0 ? 0 : 1], newRef())));
  expect(results.filter((result) => result === null)).toHaveLength(2);
  expect(results.filter((result) => result !== null)).toEqual(Array.from({ length: 6 }, () => full));
  expect(await place.count()).toBe(2);
  expect(await open().obstacle(spec)).toEqual(full);
});

test("what ended makes room again, and a start of the same instance needs no second place", async () => {
  const driver = open();
  const refs = [newRef(), newRef()] as const;
  for (const ref of refs) expect(await startAt(driver, ref)).toBeNull();
  const again = { ...refs[0], nonce: newRef().nonce };
  expect(await startAt(driver, again)).toBeNull();
  expect(await startAt(driver, newRef())).toEqual(full);
  await driver.stop(refs[1], "kill");
  await eventually(async () => expect(await driver.obstacle(spec)).toBeNull(), 5_000);
  expect(await startAt(driver, newRef())).toBeNull();
});

test("an engine takes no more memory than it was counted for, and is refused where its type has less", { timeout: 60_000 }, async () => {
  const driver = open();
  const ref = newRef();
  await driver.start(ref, spec);
  const { endpoint } = await until(driver, ref, "ready", 20_000);
  const [engine] = await findEngines(place.instancesDir);
  const small = { ...spec, resources: { ...spec.resources, memoryBytes: 1n } };
  const obstacle = await driver.obstacle(small);
  expect(obstacle).toMatchObject({ reason: "insufficient_capacity", data: { resource: "memory", free: 1 } });
  if (process.platform !== "linux") return;
  const idle = (await usedBytesOf(engine?.pid ?? 0)) ?? 0;
  expect(idle).toBeGreaterThan(0);
  // More than it may keep of earlier prompts, in the longest requests that it takes.
  for (let index = 0; index < 42; index++) {
    const answer = await fetch(`${endpoint}/v1/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${ref.token}`, "content-type": "application/json" },
      body: JSON.stringify({ model: spec.accessName, prompt: `${index} ${"the fox runs ".repeat(95)}`, max_tokens: 4 }),
    });
    expect(answer.status, await answer.text()).toBe(200);
  }
  const full = (await usedBytesOf(engine?.pid ?? 0)) ?? 0;
  expect(full - idle).toBeGreaterThan(40 * 1024 ** 2);
  expect(full).toBeLessThan(Number(obstacle?.data.needs));
});

test("a GPU is one engine's alone, and the engine sees no other", async () => {
  spec = { ...spec, resources: { ...spec.resources, gpuCount: 1, gpuModel: "L4" } };
  const driver = open();
  expect(await startAt(driver, newRef())).toBeNull();
  expect(await startAt(driver, newRef())).toEqual({ reason: "insufficient_capacity", data: { resource: "gpu", needs: 1, free: 0 } });
  if (process.platform !== "linux") return;
  const [engine] = await findEngines(place.instancesDir);
  expect(await readFile(`/proc/${engine?.pid}/environ`, "utf8")).toContain("CUDA_VISIBLE_DEVICES=GPU-1");
});
