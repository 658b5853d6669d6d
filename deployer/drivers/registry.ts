import { isDeepStrictEqual } from "node:util";
import { type Driver, type RegionSpec, RegionUnreachableError } from "./driver.ts";

export type DriverName = "local" | "kubernetes" | "upstream";

export interface RegionRow extends RegionSpec {
  driver: DriverName;
}

export interface OpenDriver {
  /** `local`, or the driver's name and the region's id. */
  key: string;
  name: DriverName;
  driver: Driver;
}

/**
 * Makes the driver of one region. Must not wait for the region to answer; throws {@link RegionUnreachableError} where its
 * settings make no sense, with what is wrong in them.
 */
export type DriverFactory = (region: RegionSpec) => Driver;

/** Drivers by region. */
export interface DriverRegistry {
  /**
   * The region's driver, made when it is first asked for and again when the region's settings have changed; all regions of this
   * machine share one. Throws {@link RegionUnreachableError}.
   */
  driverFor(region: RegionRow): Driver;
  /** Those made so far. */
  opened(): readonly OpenDriver[];
  /** Calls `onChange` for what any driver tells, now and later. */
  watch(onChange: (serviceId: string) => void): void;
  /** Closes all; what runs keeps running. */
  close(): void;
}

/** A driver that has not answered after so long is taken for unreachable. Shorter than a lease. */
const answerLimitMs = 10_000;
/** After that, calls are refused at once for a while: services of other regions must not wait behind those of this one. */
const pauseMs = 5_000;

export function createDriverRegistry(factories: Record<DriverName, DriverFactory>): DriverRegistry {
  const drivers = new Map<string, OpenDriver & { settings: RegionSpec["settings"] }>();
  let tell: (serviceId: string) => void = () => {};
  return {
    driverFor({ driver: name, ...region }) {
      const key = name === "local" ? name : `${name} ${region.id}`;
      const known = drivers.get(key);
      if (known && (name === "local" || isDeepStrictEqual(known.settings, region.settings))) return known.driver;
      known?.driver.close();
      drivers.delete(key);
      const made = factories[name](region);
      // A process that hangs here is the machine's own trouble, and its start must not be given up half-way.
      const driver = name === "local" ? made : withDeadline(made, region.name);
      driver.watch((serviceId) => tell(serviceId));
      drivers.set(key, { key, name, driver, settings: region.settings });
      return driver;
    },
    opened: () => [...drivers.values()],
    watch(onChange) {
      tell = onChange;
    },
    close() {
      for (const { driver } of drivers.values()) driver.close();
      drivers.clear();
    },
  };
}

/** The same driver, each call of which answers in time or throws {@link RegionUnreachableError}. */
export function withDeadline(driver: Driver, regionName: string, limitMs: number = answerLimitMs): Driver {
  let away: { error: RegionUnreachableError; until: number } | null = null;
  async function inTime<T>(call: () => Promise<T>): Promise<T> {
    if (away && performance.now() < away.until) throw away.error;
    const { promise: late, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => reject(new RegionUnreachableError(`${regionName} gave no answer within ${limitMs / 1_000} s`)), limitMs);
    try {
      const answer = await Promise.race([call(), late]);
      away = null;
      return answer;
    } catch (error) {
      if (error instanceof RegionUnreachableError) away = { error, until: performance.now() + pauseMs };
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }
  return {
    obstacle: (spec) => inTime(() => driver.obstacle(spec)),
    start: (ref, spec) => inTime(() => driver.start(ref, spec)),
    observe: (ref) => inTime(() => driver.observe(ref)),
    stop: (ref, how) => inTime(() => driver.stop(ref, how)),
    list: () => inTime(() => driver.list()),
    end: (running) => inTime(() => driver.end(running)),
    logs: (ref, cursor) => inTime(() => driver.logs(ref, cursor)),
    prune: (live) => inTime(() => driver.prune(live)),
    watch: (onChange) => driver.watch(onChange),
    close: () => driver.close(),
  };
}
