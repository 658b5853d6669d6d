import type { LoggedChanges, Versions } from "#lib/db/change-log.ts";
import { untilAcknowledged } from "#lib/services/revocation/await-gateways.ts";
import { type Copy, Follower, type Link, Replaced } from "./follower.ts";
import { type Clock, Lease } from "./lease.ts";
import { seededRandom } from "./seeded-random.fixture.ts";

const leaseMs = 45_000;

/** Time that moves from event to event. */
class Time {
  ms = 0;
  readonly #events: { at: number; run: () => void }[] = [];

  after(ms: number, run: () => void): void {
    const at = this.ms + ms;
    let index = this.#events.length;
    while (index > 0 && (this.#events[index - 1] as { at: number }).at > at) index--;
    this.#events.splice(index, 0, { at, run });
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.after(ms, resolve));
  }

  /** Runs the next event and all that follows from it at once; false where there is none before the end. */
  async next(endMs: number): Promise<boolean> {
    const event = this.#events[0];
    if (!event || event.at > endMs) return false;
    this.#events.shift();
    this.ms = event.at;
    event.run();
    await new Promise((resolve) => setImmediate(resolve));
    return true;
  }
}

/** The two tables as the protocol sees them; every statement is atomic. */
class SimulatedDatabase {
  version = 0;
  readonly rows = new Map<string, { incarnation: number; leaseUntil: number; acked: number }>();
  readonly now: () => number;

  constructor(now: () => number) {
    this.now = now;
  }

  isAwaited(version: number): boolean {
    return [...this.rows.values()].some((row) => row.leaseUntil > this.now() && row.acked < version);
  }
}

/** Chances, of each statement. */
export interface Faults {
  /** It is not carried out. */
  lost: number;
  /** Of a lost one: it is carried out after all, when nobody waits for it any more. */
  late: number;
  /** It is carried out, and nobody hears of it. */
  answerLost: number;
  /** One way takes seconds. */
  slow: number;
}

export const noFaults: Faults = { lost: 0, late: 0, answerLost: 0, slow: 0 };

/** One start of a gateway: the real follower and the real lease, on a database that is far away. */
class SimulatedGateway {
  known = 0;
  stopped = false;
  asleep = false;
  cutOff = false;
  readonly lease: Lease;
  readonly clock: Clock;
  readonly #world: World;
  readonly #id: string;
  readonly #incarnation: number;
  sleptMs = 0;

  constructor(world: World, id: string, incarnation: number) {
    this.#world = world;
    this.#id = id;
    this.#incarnation = incarnation;
    const [ahead, wallAhead] = [world.random() * 1e6, (world.random() - 0.5) * 1e7];
    this.clock = { monotonic: () => world.time.ms + ahead - this.sleptMs, wall: () => world.time.ms + wallAhead };
    this.lease = new Lease(this.clock, leaseMs);
    void this.#run();
  }

  async #run(): Promise<void> {
    const { time, random } = this.#world;
    const follower = new Follower({ link: this.#link(), copy: this.#copy(), lease: this.lease, clock: this.clock, refreshMs: 30_000 });
    while (!this.stopped) {
      const again = await follower.step().catch((error: unknown) => {
        // As whoever tends the process does.
        if (error instanceof Replaced && !this.stopped) this.#world.start(this.#id);
        return false;
      });
      await time.sleep(again ? 0 : random() * 1_000);
    }
  }

  /** A statement on its way to the database and back. */
  #send<Result>(statement: (database: SimulatedDatabase) => Result): Promise<Result> {
    const { time, random, faults, database } = this.#world;
    return new Promise((resolve, reject) => {
      const fail = () => reject(new Error("no answer"));
      const wayMs = () => (random() < faults.slow ? random() * 8_000 : random() * 30);
      const carryOut = () => {
        const result = statement(database);
        const answer = () => {
          if (this.asleep) time.after(100, answer);
          else if (this.cutOff || random() < faults.answerLost) fail();
          else resolve(result);
        };
        time.after(wayMs(), answer);
      };
      if (this.cutOff || random() < faults.lost) {
        // What stood in a buffer when the way was cut may still arrive, long after we have given it up.
        if (random() < faults.late) time.after(random() * 60_000, () => void statement(database));
        time.after(random() * 10_000, fail);
      } else time.after(wayMs(), carryOut);
    });
  }

  #link(): Link {
    return {
      register: (takeOver) =>
        this.#send(({ rows, now }) => {
          const row = rows.get(this.#id);
          if (row && !takeOver && row.incarnation !== this.#incarnation) return false;
          rows.set(this.#id, { incarnation: this.#incarnation, leaseUntil: now() + leaseMs, acked: 0 });
          return true;
        }),
      renew: (applied) =>
        this.#send(({ rows, now }) => {
          const row = rows.get(this.#id);
          if (row?.incarnation !== this.#incarnation) return false;
          row.leaseUntil = now() + leaseMs;
          row.acked = applied.keys;
          return true;
        }),
      readChanges: (since) => this.#send((database): LoggedChanges => changesOf(database, since)),
    };
  }

  #copy(): Copy {
    const read = async () => {
      this.known = await this.#send((database) => database.version);
    };
    return {
      async *load() {
        await read();
        yield;
      },
      reload: read,
      setTime: () => {},
    };
  }
}

function changesOf({ version, now }: SimulatedDatabase, since: Versions | null): LoggedChanges {
  const ids = since && since.keys < version ? ["k:some"] : [];
  return { versions: { catalog: 0, keys: version, limits: 0 }, ids, gap: since === null, databaseMs: now() };
}

export interface Outcome {
  /** Each time a gateway would have admitted by what an answered revoke had taken away. */
  violations: string[];
  revokes: { tookMs: number }[];
}

/** Gateways, revokes and faults in an order that the seed decides. */
class World {
  readonly time = new Time();
  readonly random: () => number;
  readonly faults: Faults;
  readonly database: SimulatedDatabase;
  readonly gateways = new Map<string, SimulatedGateway>();
  readonly outcome: Outcome = { violations: [], revokes: [] };
  #answered = 0;
  #incarnations = 0;

  constructor(seed: number, faults: Faults) {
    this.random = seededRandom(seed);
    this.faults = faults;
    const [ahead, rate] = [(this.random() - 0.5) * 1e8, 1 + (this.random() - 0.5) * 0.01];
    this.database = new SimulatedDatabase(() => ahead + this.time.ms * rate);
  }

  start(id: string): void {
    const old = this.gateways.get(id);
    if (old) old.stopped = true;
    this.#incarnations += 1;
    this.gateways.set(id, new SimulatedGateway(this, id, this.#incarnations));
  }

  async revoke(): Promise<void> {
    const { time, database } = this;
    database.version += 1;
    const version = database.version;
    const began = time.ms;
    const ask = async () => {
      await time.sleep(this.random() * 20);
      return !database.isAwaited(version);
    };
    await untilAcknowledged(ask, { nowMs: () => time.ms, sleep: (ms) => time.sleep(ms * 10) });
    this.outcome.revokes.push({ tookMs: time.ms - began });
    this.#answered = Math.max(this.#answered, version);
    this.check("at the answer");
  }

  check(when: string): void {
    for (const [id, gateway] of this.gateways) {
      if (gateway.asleep || gateway.stopped || !gateway.lease.holds() || gateway.known >= this.#answered) continue;
      this.outcome.violations.push(`${id} at ${Math.round(this.time.ms)} ${when}: knows ${gateway.known}, answered was ${this.#answered}`);
    }
  }

  /** Something happens to one of the gateways, or to the rows. */
  disturb(): void {
    const ids = [...this.gateways.keys()];
    const id = ids[Math.floor(this.random() * ids.length)] as string;
    const gateway = this.gateways.get(id) as SimulatedGateway;
    const kind = this.random();
    if (kind < 0.4) {
      gateway.cutOff = true;
      this.time.after(this.random() * 120_000, () => {
        gateway.cutOff = false;
      });
    } else if (kind < 0.6) this.start(id);
    else if (kind < 0.8 && !gateway.asleep) {
      const ms = this.random() * 100_000;
      gateway.asleep = true;
      this.time.after(ms, () => {
        gateway.sleptMs += ms;
        gateway.asleep = false;
        this.check("after its sleep");
      });
    } else {
      for (const [known, row] of this.database.rows) if (row.leaseUntil < this.database.now()) this.database.rows.delete(known);
    }
  }
}

/** Runs a world for that time. @param disturbances 0: nothing fails */
export async function simulate(seed: number, options: { minutes: number; disturbances: number; faults: Faults }): Promise<Outcome> {
  const endMs = options.minutes * 60_000;
  const world = new World(seed, options.faults);
  for (const id of ["a", "b", "c"]) world.start(id);
  for (let count = 0; count < options.disturbances; count++) world.time.after(world.random() * endMs, () => world.disturb());
  for (let count = 0; count < 8 * options.minutes; count++) world.time.after(5_000 + world.random() * endMs, () => void world.revoke());
  while (await world.time.next(endMs)) world.check("after an event");
  return world.outcome;
}
