import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { newId } from "#lib/ids.ts";
import type { Driver, InstanceRef, InstanceSpec, Observation } from "./driver.ts";

/** A place of its own that one test's instances run in. */
export interface ContractPlace {
  /** A driver for this place; called again, one that knows nothing yet, as after the deployer's restart. */
  open(): Driver;
  spec: InstanceSpec;
  /** One that cannot be started, and the reason that is expected. */
  blocked: { spec: InstanceSpec; reason: string };
  /** Ends a run behind the driver's back. */
  crash(ref: InstanceRef): Promise<void>;
  /** How many runs there are, by the place's own word. */
  count(): Promise<number>;
  /** Ends what is left. */
  dispose(): Promise<void>;
}

const readyLimitMs = 20_000;
const goneLimitMs = 15_000;

/** What every driver must hold, on the real thing. */
export function driverContract(name: string, createPlace: () => Promise<ContractPlace>): void {
  describe(`driver contract: ${name}`, () => {
    let place: ContractPlace;
    let opened: Driver[];

    beforeEach(async () => {
      opened = [];
      place = await createPlace();
    });
    afterEach(async () => {
      for (const driver of opened) driver.close();
      await place.dispose();
    });

    function open(): Driver {
      const driver = place.open();
      opened.push(driver);
      return driver;
    }

    async function running(driver: Driver): Promise<InstanceRef> {
      const ref = newRef();
      const { pid, pidStartedAt } = await driver.start(ref, place.spec);
      const known = { ...ref, pid, pidStartedAt };
      await until(driver, known, "ready", readyLimitMs);
      return known;
    }

    test("what was never started is gone, and stopping it is no error", async () => {
      const driver = open();
      const ref = newRef();
      expect(await driver.observe(ref)).toEqual({ phase: "gone", exit: null });
      await driver.stop(ref, "drain");
      await driver.stop(ref, "kill");
      expect(await driver.list()).toEqual([]);
    });

    test("a start soon answers at its endpoint, to who shows its token", async () => {
      const driver = open();
      const ref = await running(driver);
      const seen = await until(driver, ref, "ready", 0);
      const models = `${seen.endpoint}/v1/models`;
      expect((await fetch(models, { headers: { authorization: `Bearer ${ref.token}` } })).status).toBe(200);
      expect((await fetch(models)).status).toBe(401);
      expect(seen.drainingMs).toBeNull();
    });

    test("start returns before the instance is ready, and a change is told", async () => {
      const driver = open();
      const told: string[] = [];
      driver.watch((serviceId) => told.push(serviceId));
      const ref = newRef();
      await driver.start(ref, place.spec);
      expect((await driver.observe(ref)).phase).toBe("starting");
      await eventually(async () => expect(told).toContain(ref.serviceId), readyLimitMs);
      await until(driver, ref, "ready", readyLimitMs);
    });

    test("instances are apart: each its own run and endpoint, all listed", async () => {
      const driver = open();
      const refs = await Promise.all([running(driver), running(driver)]);
      const endpoints = await Promise.all(refs.map(async (ref) => (await until(driver, ref, "ready", 0)).endpoint));
      expect(new Set(endpoints).size).toBe(2);
      expect((await driver.list()).map((one) => one.instanceId).sort()).toEqual(refs.map((ref) => ref.instanceId).sort());
      await driver.stop(refs[0] as InstanceRef, "kill");
      await until(driver, refs[0] as InstanceRef, "gone", goneLimitMs);
      await until(driver, refs[1] as InstanceRef, "ready", 0);
      expect(await place.count()).toBe(1);
    });

    test.each(["drain", "kill"] as const)("%s ends it, however often it is said", async (how) => {
      const driver = open();
      const ref = await running(driver);
      await driver.stop(ref, how);
      await driver.stop(ref, how);
      await until(driver, ref, "gone", goneLimitMs);
      expect(await place.count()).toBe(0);
      await driver.stop(ref, how);
    });

    test("a second start of an instance ends the first: never two", async () => {
      const driver = open();
      const first = await running(driver);
      const second = { ...first, pid: null, pidStartedAt: null, nonce: randomHex() };
      await driver.start(second, place.spec);
      await until(driver, second, "ready", readyLimitMs);
      expect(await place.count()).toBe(1);
      expect((await driver.list())[0]?.nonce).toBe(second.nonce);
    });

    test("an end that nobody asked for is told, and seen", async () => {
      const driver = open();
      const told: string[] = [];
      const ref = await running(driver);
      driver.watch((serviceId) => told.push(serviceId));
      await place.crash(ref);
      await eventually(async () => expect(told).toContain(ref.serviceId), 3_000);
      expect((await driver.observe(ref)).phase).toBe("gone");
    });

    test("a new driver finds the same run, ready, and sees its end", async () => {
      const ref = await running(open());
      const later = open();
      const told: string[] = [];
      later.watch((serviceId) => told.push(serviceId));
      const seen = await until(later, ref, "ready", 3_000);
      expect(seen.run).toMatchObject({ pid: ref.pid, pidStartedAt: ref.pidStartedAt });
      expect(await place.count()).toBe(1);
      await place.crash(ref);
      await eventually(async () => expect(told).toContain(ref.serviceId), 3_000);
      await until(later, ref, "gone", 3_000);
    });

    test("a new driver finds a run whose start was never written down", async () => {
      const first = open();
      const ref = newRef();
      await first.start(ref, place.spec);
      const later = open();
      expect((await later.observe(ref)).phase).not.toBe("gone");
      await until(later, ref, "ready", readyLimitMs);
      expect(await place.count()).toBe(1);
    });

    test("a run with another nonce is never taken for ready", async () => {
      const ref = await running(open());
      const later = open();
      const mistaken = { ...ref, nonce: randomHex() };
      await later.observe(mistaken);
      await sleep(500);
      expect((await later.observe(mistaken)).phase).not.toBe("ready");
    });

    test("a new driver ends what it lists", async () => {
      await running(open());
      const later = open();
      for (const one of await later.list()) await later.end(one);
      await eventually(async () => expect(await place.count()).toBe(0), goneLimitMs);
      expect(await later.list()).toEqual([]);
    });

    test("an obstacle is named before a start is tried, and a start beside it fails with a word", async () => {
      const driver = open();
      expect(await driver.obstacle(place.spec)).toBeNull();
      expect((await driver.obstacle(place.blocked.spec))?.reason).toBe(place.blocked.reason);
      await expect(driver.start(newRef(), place.blocked.spec)).rejects.toThrow(expect.objectContaining({ name: "StartError" }));
      expect(await place.count()).toBe(0);
    });

    test("pruning leaves what runs alone", async () => {
      const driver = open();
      const ref = await running(driver);
      await driver.prune(new Set());
      await until(open(), ref, "ready", 3_000);
    });
  });
}

/** A reference as a new row has it, with a nonce as a start gives it. */
export function newRef(): InstanceRef {
  return { instanceId: newId("ins"), serviceId: newId("svc"), pid: null, pidStartedAt: null, nonce: randomHex(), token: randomHex() };
}

type Live = Exclude<Observation, { phase: "gone" }>;

export async function until<Phase extends Observation["phase"]>(
  driver: Driver,
  ref: InstanceRef,
  phase: Phase,
  limitMs: number,
): Promise<Phase extends "gone" ? Observation : Live> {
  const end = performance.now() + limitMs;
  for (;;) {
    const seen = await driver.observe(ref);
    if (seen.phase === phase) return seen as Phase extends "gone" ? Observation : Live;
    if (performance.now() > end) throw new Error(`${ref.instanceId} is ${seen.phase}, not ${phase}`);
    await sleep(25);
  }
}

export async function eventually(check: () => Promise<void>, limitMs: number): Promise<void> {
  const end = performance.now() + limitMs;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() > end) throw error;
    }
    await sleep(25);
  }
}

function randomHex(): string {
  return randomBytes(32).toString("hex");
}
