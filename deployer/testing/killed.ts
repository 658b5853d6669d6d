import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import { checkInvariants } from "#lib/services/invariants/check.ts";
import type { Orders } from "#test/killed-deployer/main.ts";
import { findEngines } from "../drivers/local/command-lines.ts";
import { surge } from "../reconcile/replicas.ts";
import { end, type Installation, isRunning } from "./installation.ts";

/** What a plan has to come to. */
export interface Goal {
  state: "running" | "stopped" | "suspended" | "deleted";
  instances: number;
}

/** Never kills it. */
const atPeace: Orders = { killAfter: 0 };
/** After a deployer's death, all is as wanted within this long (reliability.md, I1). */
const limitMs = 30_000;

/** The deployers of one installation, one after the other: whichever is killed, another one goes on. */
export class Deployers {
  readonly #installation: Installation;
  readonly #instancesDir: string;
  readonly #mostWanted: number;
  #current: ChildProcess | null = null;
  /** Process ids by instance at the last death. */
  #left = new Map<string, number>();

  /** @param mostWanted instances of one service that are ever wanted */
  constructor(installation: Installation, mostWanted: number) {
    this.#installation = installation;
    this.#mostWanted = mostWanted;
    this.#instancesDir = join(installation.dataDir, "instances");
  }

  /** The one that runs kills itself as it is told, which counts from now on. */
  async tell(orders: Orders): Promise<void> {
    while (!(await this.#hears(orders))) await this.#bury();
  }

  /** Starts one that is told so from its first moment on, after the one before it was killed. */
  start(orders: Orders): void {
    this.#ensure(orders);
  }

  async untilKilled(): Promise<void> {
    const current = this.#current;
    if (current && isRunning(current)) await once(current, "exit", { signal: AbortSignal.timeout(limitMs) });
    await this.#bury();
  }

  /** Waits until it is so; whether a deployer was killed meanwhile. */
  async reach(isReached: () => Promise<void>): Promise<boolean> {
    let killed = false;
    let since = performance.now();
    const look = async () => {
      if (!this.#current || !isRunning(this.#current)) {
        killed ||= this.#current !== null;
        await this.#bury();
        this.#ensure();
        since = performance.now();
      }
      await this.#expectSane();
      await isReached();
    };
    for (;;) {
      try {
        await look();
        // It may have been killed after its last step, or just be about to.
        if (await this.#hears(atPeace)) return killed;
      } catch (cause) {
        if (cause instanceof InsaneError || performance.now() - since > limitMs) throw cause;
      }
      // Several places are tried at once, and looking takes processor time from those who are looked at.
      await sleep(100);
    }
  }

  /** Rows and processes are what is wanted; what ran when a deployer was killed, and is wanted, has run on. */
  async expectGoal(id: string, { state, instances }: Goal): Promise<void> {
    const service = await this.#installation.database.db.modelService.findUniqueOrThrow({
      where: { id },
      include: { instances: { where: { state: { not: "stopped" } } } },
    });
    expect(service).toMatchObject({ state, observedGeneration: service.generation });
    await this.expectRest(id);
    const rows = service.instances.map((row) => `${row.state} ${row.pid} ${row.instanceTypeId}`).sort();
    const engines = (await this.#installation.engines()).map((pid) => `ready ${pid} ${service.instanceTypeId}`).sort();
    expect(rows).toEqual(engines);
    expect(rows).toHaveLength(instances);
    const survived = service.instances.filter((row) => this.#left.has(row.id));
    const restarted = survived.filter((row) => this.#left.get(row.id) !== row.pid).map((row) => row.id);
    if (restarted.length > 0) throw new InsaneError(`started once more though they ran: ${restarted.join()}`);
  }

  /** Nobody works on it. */
  async expectRest(id: string): Promise<void> {
    const service = await this.#installation.database.db.modelService.findUniqueOrThrow({ where: { id } });
    expect(service.leaseUntil?.getTime() ?? 0).toBeLessThan(Date.now());
  }

  async expectInvariants(): Promise<void> {
    this.#left = new Map();
    const { db } = this.#installation.database;
    for (const { name, violations, samples } of await checkInvariants({ db })) expect(violations, `${name}: ${samples}`).toBe(0);
  }

  async stop(): Promise<void> {
    if (this.#current && isRunning(this.#current)) await end(this.#current, "SIGKILL");
    this.#current = null;
  }

  #ensure(orders?: Orders): ChildProcess {
    if (this.#current && isRunning(this.#current)) return this.#current;
    this.#current = this.#installation.start("test/killed-deployer/main.ts", ...(orders ? [JSON.stringify(orders)] : []));
    return this.#current;
  }

  /** Its lease would run out by itself, in 15 s. */
  async #bury(): Promise<void> {
    const { db } = this.#installation.database;
    await db.modelService.updateMany({ where: { leaseUntil: { not: null } }, data: { leaseUntil: new Date(0) } });
    this.#left = new Map((await findEngines(this.#instancesDir)).map((engine) => [engine.instanceId, engine.pid]));
  }

  /** False where it has been killed before it could answer. */
  async #hears(orders: Orders): Promise<boolean> {
    const current = this.#ensure();
    const heard = Promise.race([once(current, "message"), once(current, "exit")]);
    if (current.connected) current.send(orders, () => {});
    await heard;
    return isRunning(current);
  }

  /** What holds at any moment: no instance has two processes, and no more serve than were ever wanted, and take over. */
  async #expectSane(): Promise<void> {
    const ids = (await findEngines(this.#instancesDir)).map((engine) => engine.instanceId);
    if (new Set(ids).size < ids.length) throw new InsaneError(`an instance has two processes: ${ids.join()}`);
    const ready = await this.#installation.database.db.instance.groupBy({
      by: "serviceId",
      where: { state: "ready" },
      _count: true,
    });
    const most = Math.max(0, ...ready.map((service) => service._count));
    if (most > this.#mostWanted + surge) throw new InsaneError(`${most} instances serve, ${this.#mostWanted} were wanted at most`);
  }
}

/** Nothing that time could mend. */
class InsaneError extends Error {}
