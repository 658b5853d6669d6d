import type { LoggedChanges, Versions } from "#lib/db/change-log.ts";
import type { Clock, Lease } from "./lease.ts";

/** The database as the protocol sees it. Each call may fail, and may then have been carried out or not. */
export interface Link {
  /** Writes this gateway's row: a fresh lease, nothing acknowledged. False where a newer process has taken the row. */
  register(takeOver: boolean): Promise<boolean>;
  /** A fresh lease, and these versions acknowledged. False where the row is gone or another process's. */
  renew(applied: Versions): Promise<boolean>;
  /** Null: the versions alone. */
  readChanges(since: Versions | null): Promise<LoggedChanges>;
}

/** What is kept in memory. */
export interface Copy {
  /** Brings everything to the state of a moment after the call; yields now and then. What is not there any more goes. */
  load(): AsyncGenerator<void, void>;
  /** Brings these entities to the state of a moment after the call. */
  reload(ids: string[]): Promise<void>;
  /** The database's clock, as it was read between two moments of the monotonic one. */
  setTime(databaseMs: number, monotonicMs: number): void;
}

export interface FollowerOptions {
  link: Link;
  copy: Copy;
  lease: Lease;
  clock: Clock;
  /** After that time everything is read again, whatever the log says. */
  refreshMs: number;
}

/** Thrown where another process has taken this gateway's row: both would acknowledge in one name. */
export class Replaced extends Error {
  override name = "Replaced";
}

/**
 * Keeps the copy up to date and the lease renewed, a step at a time. A step that throws may be repeated; what it had done
 * before it failed does no harm. See docs/decisions/0007 for why it goes in this order.
 */
export class Follower {
  readonly #options: FollowerOptions;
  #everRegistered = false;
  #registered = false;
  #applied: Versions | null = null;
  #refresh: AsyncGenerator<void, void> | null = null;
  #refreshedMs = 0;

  constructor(options: FollowerOptions) {
    this.#options = options;
  }

  /** Versions that the copy holds; null before the first load. */
  get applied(): Versions | null {
    return this.#applied;
  }

  /** One round: read changes, apply them, renew the lease and acknowledge. True where more work waits. */
  async step(): Promise<boolean> {
    const { link, lease } = this.#options;
    if (!this.#registered) await this.#register();
    const renewal = lease.confirmed;
    this.#applied = await this.#catchUp();
    lease.count(renewal);
    const sent = lease.now();
    if (await link.renew(this.#applied)) lease.confirm(sent);
    else this.#registered = false;
    return this.#refreshSome();
  }

  async #register(): Promise<void> {
    const { link, lease } = this.#options;
    const sent = lease.now();
    if (!(await link.register(!this.#everRegistered))) throw new Replaced("another gateway has started with this one's id");
    lease.confirm(sent);
    this.#registered = true;
    this.#everRegistered = true;
  }

  async #catchUp(): Promise<Versions> {
    const { link, copy, clock } = this.#options;
    const before = clock.monotonic();
    const changes = await link.readChanges(this.#applied);
    copy.setTime(changes.databaseMs, (before + clock.monotonic()) / 2);
    if (this.#applied === null || changes.gap) {
      this.#refresh = null;
      for await (const _ of copy.load());
      this.#refreshedMs = clock.monotonic();
    } else if (changes.ids.length > 0) {
      await copy.reload(changes.ids);
    }
    return changes.versions;
  }

  /** A part of the full refresh at a time, so that a revoke never waits for the whole of it. */
  async #refreshSome(): Promise<boolean> {
    const { copy, clock, refreshMs } = this.#options;
    if (clock.monotonic() - this.#refreshedMs < refreshMs) return false;
    this.#refresh ??= copy.load();
    try {
      if (!(await this.#refresh.next()).done) return true;
    } catch (error) {
      this.#refresh = null;
      throw error;
    }
    this.#refresh = null;
    this.#refreshedMs = clock.monotonic();
    return false;
  }
}
