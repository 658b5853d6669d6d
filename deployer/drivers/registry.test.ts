import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createLocalPlace, type LocalPlace } from "../testing/local-place.ts";
import { eventually, newRef } from "./contract.ts";
import { type Driver, RegionUnreachableError } from "./driver.ts";
import { lazyDriver } from "./lazy-driver.ts";
import { createDriverRegistry, type DriverRegistry, type RegionRow, withDeadline } from "./registry.ts";

let place: LocalPlace;
let registry: DriverRegistry;
let made: string[];
beforeEach(async () => {
  place = await createLocalPlace();
  made = [];
  const open = (name: string) => (region: { id: string }) => {
    made.push(`${name} ${region.id}`);
    return place.open();
  };
  registry = createDriverRegistry({
    local: open("local"),
    kubernetes: open("kubernetes"),
    upstream: () => {
      throw new RegionUnreachableError("its settings make no sense");
    },
  });
});
afterEach(async () => {
  registry.close();
  await place.dispose();
});

const region = (driver: RegionRow["driver"], id: string, settings = {}): RegionRow => ({ id, name: id, driver, settings });

test("each region has a driver of its own, made once, but for those of this machine; new settings make a new one", () => {
  const first = registry.driverFor(region("kubernetes", "a"));
  expect(registry.driverFor(region("kubernetes", "a"))).toBe(first);
  registry.driverFor(region("kubernetes", "b"));
  expect(registry.driverFor(region("local", "c"))).toBe(registry.driverFor(region("local", "d")));
  expect(registry.driverFor(region("kubernetes", "a", { context: "other" }))).not.toBe(first);
  expect(made).toEqual(["kubernetes a", "kubernetes b", "local c", "kubernetes a"]);
  expect(
    registry
      .opened()
      .map((one) => one.key)
      .sort(),
  ).toEqual(["kubernetes a", "kubernetes b", "local"]);
});

test("a region whose driver cannot be made is unreachable, and nothing of it stays", () => {
  expect(() => registry.driverFor(region("upstream", "a"))).toThrow(RegionUnreachableError);
  expect(registry.opened()).toEqual([]);
});

test("what any driver tells is told, also by those made later", async () => {
  const told: string[] = [];
  registry.driverFor(region("local", "a"));
  registry.watch((serviceId) => told.push(serviceId));
  const ref = newRef();
  const started = await registry.driverFor(region("kubernetes", "b")).start(ref, place.spec);
  await place.crash({ ...ref, ...started });
  for (let waited = 0; waited < 3_000 && told.length === 0; waited += 50) await sleep(50);
  expect(told).toContain(ref.serviceId);
});

test("a driver that does not answer is unreachable in time, and then at once until it has had a pause", async () => {
  const hung = place.open();
  const asked: string[] = [];
  const silent: Driver = Object.assign(Object.create(hung), {
    observe: (ref: { instanceId: string }) => {
      asked.push(ref.instanceId);
      return new Promise(() => {});
    },
  });
  const driver = withDeadline(silent, "far away", 200);
  const ref = newRef();
  await expect(driver.observe(ref)).rejects.toThrow("far away gave no answer within 0.2 s");
  const start = performance.now();
  await expect(driver.observe(ref)).rejects.toThrow(RegionUnreachableError);
  await expect(driver.list()).rejects.toThrow(RegionUnreachableError);
  expect(performance.now() - start).toBeLessThan(100);
  expect(asked).toHaveLength(1);
  hung.close();
});

test("a driver that is loaded with its first call works as the other does, and is closed though it was still loading", async () => {
  let loads = 0;
  let loaded: Driver | null = null;
  const driver = lazyDriver(async () => {
    loads += 1;
    await sleep(50);
    loaded = place.open();
    return loaded;
  });
  const told: string[] = [];
  driver.watch((serviceId) => told.push(serviceId));
  await sleep(100);
  expect(loads).toBe(0);
  const ref = newRef();
  const [started] = await Promise.all([driver.start(ref, place.spec), driver.list()]);
  expect(loads).toBe(1);
  await place.crash({ ...ref, ...started });
  await eventually(async () => expect(told).toContain(ref.serviceId), 3_000);
  driver.close();
  const early = lazyDriver(async () =>
    Object.assign(Object.create(place.open()), { list: async () => [], watch: () => {}, close: () => (loads = -1) }),
  );
  const listed = early.list();
  early.close();
  expect(await listed).toEqual([]);
  await eventually(async () => expect(loads).toBe(-1), 1_000);
});
