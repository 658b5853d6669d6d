import { RegionUnreachableError } from "../drivers/driver.ts";
import type { OpenDriver, RegionRow } from "../drivers/registry.ts";
import { loadRegions, loadSnapshot, loadSnapshots } from "./load.ts";
import { endOrphans } from "./orphans.ts";
import { type ReconcileDeps, reconcileService } from "./reconcile.ts";
import type { Snapshot } from "./snapshot.ts";

const sweepMs = 5_000;
const pruneMs = 60_000;
/**
 * From one reading of everything that was asked for to the next, as each write of ours asks for one too: so long at least, and so
 * many times what the last one took, so that a machine that has its hands full with starts is left to them.
 */
const wakeGapMs = 100;
const wakeGapFactor = 10;
const wakeGapMaxMs = 1_000;
/** Services worked on at once. */
const concurrency = 8;

export interface Loop {
  /** Resolves once every service has been looked at and orphans are ended. */
  firstSweep: Promise<void>;
  /** Something has changed: look at everything soon. */
  wake(): void;
  /** Lets passes under way finish (each is short) and starts no more. What runs keeps running. */
  stop(): Promise<void>;
}

/** Sweeps over all services every 5 s, and over one as soon as its driver, its clock or the database says that it changed. */
export function startLoop(deps: ReconcileDeps): Loop {
  const loop = new ReconcileLoop(deps);
  return { firstSweep: loop.start(), wake: () => loop.wake(), stop: () => loop.stop() };
}

class ReconcileLoop {
  readonly #deps: ReconcileDeps;
  /** Waiting for their turn; null: to be read when it comes. */
  readonly #queue = new Map<string, Snapshot | null>();
  readonly #active = new Map<string, Promise<void>>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  #loading: Promise<boolean> | null = null;
  #loadAgain = false;
  #sweeping: Promise<boolean> = Promise.resolve(true);
  #sweepTimer: NodeJS.Timeout | undefined;
  #wakeTimer: NodeJS.Timeout | undefined;
  #wokenAt = Number.NEGATIVE_INFINITY;
  #readMs = 0;
  /** What was last said of a region's trouble: a region that is away for days is no line each 5 s. */
  readonly #warned = new Map<string, string>();
  readonly #prunedAt = new Map<string, number>();
  #stopped = false;

  constructor(deps: ReconcileDeps) {
    this.#deps = deps;
    deps.drivers.watch((serviceId) => this.#enqueue(serviceId, null));
  }

  async start(): Promise<void> {
    const swept = Promise.withResolvers<void>();
    const sweep = async () => {
      this.#sweeping = this.#sweep();
      if (await this.#sweeping) swept.resolve();
      if (!this.#stopped) this.#sweepTimer = setTimeout(sweep, sweepMs);
    };
    void sweep();
    await swept.promise;
    while (this.#active.size > 0) await Promise.all(this.#active.values());
  }

  wake(): void {
    if (this.#wakeTimer || this.#stopped) return;
    const gapMs = Math.min(wakeGapMaxMs, Math.max(wakeGapMs, this.#readMs * wakeGapFactor));
    const leftMs = this.#wokenAt + gapMs - performance.now();
    this.#wakeTimer = setTimeout(
      () => {
        this.#wakeTimer = undefined;
        this.#wokenAt = performance.now();
        void this.#load();
      },
      Math.max(0, leftMs),
    );
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#sweepTimer);
    clearTimeout(this.#wakeTimer);
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#queue.clear();
    await Promise.all([this.#sweeping, this.#loading, ...this.#active.values()]);
  }

  /** False where the database, or a region that can be reached, could not be asked. */
  async #sweep(): Promise<boolean> {
    const [loaded, regions] = await Promise.all([this.#load(), this.#openRegions()]);
    const tended = await Promise.all(this.#deps.drivers.opened().map((opened) => this.#tend(opened)));
    return loaded && regions && tended.every(Boolean);
  }

  /** A region has a driver though it has no services left: something may run there that no row owns. */
  async #openRegions(): Promise<boolean> {
    try {
      for (const region of await loadRegions(this.#deps.db)) this.#open(region);
      return true;
    } catch (error) {
      this.#deps.logger.warn({ err: error }, "could not read the regions; next try within 5 s");
      return false;
    }
  }

  #open(region: RegionRow): void {
    try {
      this.#deps.drivers.driverFor(region);
    } catch (error) {
      if (!(error instanceof RegionUnreachableError)) throw error;
      this.#warnOnce(region.id, error, "this region cannot be used; the others go on");
    }
  }

  async #tend({ key, driver }: OpenDriver): Promise<boolean> {
    try {
      await endOrphans(this.#deps, driver);
      if (performance.now() - (this.#prunedAt.get(key) ?? Number.NEGATIVE_INFINITY) >= pruneMs) {
        this.#prunedAt.set(key, performance.now());
        const live = await this.#deps.db.instance.findMany({ where: { state: { not: "stopped" } }, select: { id: true } });
        await driver.prune(new Set(live.map((row) => row.id)));
      }
      this.#warned.delete(key);
      return true;
    } catch (error) {
      this.#warnOnce(key, error, "could not look for orphans");
      // A region that is away must not keep the deployer from being ready for the others.
      return error instanceof RegionUnreachableError;
    }
  }

  #warnOnce(key: string, error: unknown, says: string): void {
    const message = error instanceof Error ? error.message : String(error);
    const level = this.#warned.get(key) === message ? "debug" : "warn";
    this.#warned.set(key, message);
    this.#deps.logger[level]({ region: key, err: error }, says);
  }

  /** Reads all services and queues them; calls while that is under way ask for one more reading. */
  #load(): Promise<boolean> {
    if (this.#stopped) return Promise.resolve(false);
    if (this.#loading) {
      this.#loadAgain = true;
      return this.#loading;
    }
    this.#loading = this.#loadNow().finally(() => {
      this.#loading = null;
      if (!this.#loadAgain) return;
      this.#loadAgain = false;
      void this.#load();
    });
    return this.#loading;
  }

  async #loadNow(): Promise<boolean> {
    const startedAt = performance.now();
    try {
      const snapshots = await loadSnapshots(this.#deps.db);
      this.#readMs = performance.now() - startedAt;
      for (const snapshot of snapshots) {
        const { id } = snapshot.service;
        // What is being worked on is another by the time its turn comes again.
        this.#enqueue(id, this.#active.has(id) ? null : snapshot);
      }
      return true;
    } catch (error) {
      this.#deps.logger.warn({ err: error }, "could not read the services; next try within 5 s");
      return false;
    }
  }

  #enqueue(serviceId: string, snapshot: Snapshot | null): void {
    if (this.#stopped) return;
    this.#queue.set(serviceId, snapshot);
    this.#next();
  }

  #next(): void {
    for (const [serviceId, snapshot] of this.#queue) {
      if (this.#active.size >= concurrency) return;
      // One pass a service at a time; it is taken up again when the running one ends.
      if (this.#active.has(serviceId)) continue;
      this.#queue.delete(serviceId);
      const pass = this.#pass(serviceId, snapshot).finally(() => {
        this.#active.delete(serviceId);
        this.#next();
      });
      this.#active.set(serviceId, pass);
    }
  }

  async #pass(serviceId: string, queued: Snapshot | null): Promise<void> {
    try {
      const snapshot = queued ?? (await loadSnapshot(this.#deps.db, serviceId));
      const wakeMs = snapshot && (await reconcileService(this.#deps, snapshot));
      this.#wakeAfter(serviceId, wakeMs);
    } catch (error) {
      this.#deps.logger.warn({ service: serviceId, err: error }, "pass failed; next try within 5 s");
    }
  }

  #wakeAfter(serviceId: string, wakeMs: number | null): void {
    clearTimeout(this.#timers.get(serviceId));
    this.#timers.delete(serviceId);
    // Anything later is a sweep's.
    if (wakeMs === null || wakeMs >= sweepMs || this.#stopped) return;
    this.#timers.set(
      serviceId,
      setTimeout(() => {
        this.#timers.delete(serviceId);
        this.#enqueue(serviceId, null);
      }, wakeMs),
    );
  }
}
