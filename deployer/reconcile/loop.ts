import type { Driver } from "../drivers/driver.ts";
import { loadSnapshot, loadSnapshots } from "./load.ts";
import { endOrphans } from "./orphans.ts";
import { type ReconcileDeps, reconcileService } from "./reconcile.ts";
import type { Snapshot } from "./snapshot.ts";

const sweepMs = 5_000;
const pruneMs = 60_000;
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
  #prunedAt = Number.NEGATIVE_INFINITY;
  #stopped = false;

  constructor(deps: ReconcileDeps) {
    this.#deps = deps;
    for (const driver of deps.drivers.values()) driver.watch((serviceId) => this.#enqueue(serviceId, null));
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
    void this.#load();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#sweepTimer);
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#queue.clear();
    await Promise.all([this.#sweeping, this.#loading, ...this.#active.values()]);
  }

  /** False where the database or a driver could not be asked. */
  async #sweep(): Promise<boolean> {
    const loaded = await this.#load();
    const tended = await Promise.all([...this.#deps.drivers.values()].map((driver) => this.#tend(driver)));
    return loaded && tended.every(Boolean);
  }

  async #tend(driver: Driver): Promise<boolean> {
    try {
      await endOrphans(this.#deps, driver);
      if (performance.now() - this.#prunedAt >= pruneMs) {
        this.#prunedAt = performance.now();
        const live = await this.#deps.db.instance.findMany({ where: { state: { not: "stopped" } }, select: { id: true } });
        await driver.prune(new Set(live.map((row) => row.id)));
      }
      return true;
    } catch (error) {
      this.#deps.logger.warn({ err: error }, "could not look for orphans");
      return false;
    }
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
    try {
      for (const snapshot of await loadSnapshots(this.#deps.db)) this.#enqueue(snapshot.service.id, snapshot);
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
