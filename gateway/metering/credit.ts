import { setTimeout as sleep } from "node:timers/promises";
import { AppError } from "#lib/errors.ts";
import { newId } from "#lib/ids.ts";
import type { Logger } from "#lib/observability/logger.ts";
import type { Credit, Hold } from "../ports.ts";
import * as machine from "./credit-lease.ts";
import { type CreditStore, openCreditStore } from "./credit-store.ts";
import type { MoneyPool } from "./pool.ts";
import { watchRecalls } from "./recall-watch.ts";

const tickMs = 250;
/** Twice in the time that others wait for an answer, should the notification be lost. */
const ticksPerPoll = 2;
const ticksPerSearch = 60;
const shortestRetryMs = 50;
const longestRetryMs = 2_000;
/** Calls that may wait for one workspace's credit; more are refused, as the database is too slow. */
const maxWaiting = 10_000;

export interface CreditOptions {
  pool: MoneyPool;
  /** For LISTEN; see {@link watchRecalls}. */
  url: string;
  gatewayId: string;
  logger: Logger;
  /** How long a call may wait for credit. */
  lookupMs: number;
  /** Monotonic milliseconds. */
  now?: () => number;
}

export interface LeasedCredit extends Credit {
  /** Before this nothing can be held: what an earlier process had drawn must have gone back. */
  start(): void;
  /** Ends a hold with a charge of at most its amount. */
  spend(hold: Hold, chargeNano: bigint): void;
  /** A charge is in the database. */
  settled(workspaceId: string, chargeNano: bigint): void;
  /** A charge has been put aside and will not get there. */
  refunded(workspaceId: string, chargeNano: bigint): void;
  /** What this gateway has drawn, holds and has charged without settling, over all workspaces. */
  totals(): { drawnNano: bigint; heldNano: bigint; spentNano: bigint };
  /** Returns everything that is not held; to be called once all usage is settled. */
  close(): Promise<void>;
}

interface Account {
  workspaceId: string;
  lease: machine.Lease;
  waiting: Map<string, { settle: PromiseWithResolvers<Hold>; hold: Hold; untilMs: number }>;
  /** The operation on the way is being sent again, because the database has not answered. */
  inDoubt: boolean;
}

/** Holds on credit leases: in memory where the lease has room, else after a draw. docs/decisions/0006-credit-leases.md */
export function createCredit(options: CreditOptions): LeasedCredit {
  const store = openCreditStore(options.pool, options.gatewayId);
  return new Keeper(store, options);
}

class Keeper implements LeasedCredit {
  readonly #store: CreditStore;
  readonly #logger: Logger;
  readonly #lookupMs: number;
  readonly #now: () => number;
  readonly #accounts = new Map<string, Account>();
  readonly #url: string;
  #timer: NodeJS.Timeout | undefined;
  #endWatch: () => Promise<void> = async () => {};
  #started = false;
  #ticks = 0;
  #asking = false;
  #askAgain = false;
  #closing = false;

  constructor(store: CreditStore, { url, logger, lookupMs, now = () => performance.now() }: CreditOptions) {
    this.#store = store;
    this.#logger = logger;
    this.#lookupMs = lookupMs;
    this.#now = now;
    this.#url = url;
  }

  start(): void {
    if (this.#started || this.#closing) return;
    this.#started = true;
    this.#timer = setInterval(() => this.#tick(), tickMs);
    this.#endWatch = watchRecalls(this.#url, this.#logger, () => void this.#askRecalls());
  }

  hold(requestId: string, workspaceId: string, amountNano: bigint): Hold | Promise<Hold> {
    if (!this.#started || this.#closing) throw unavailable();
    const hold: Hold = { requestId, workspaceId, amountNano };
    const account = this.#account(workspaceId);
    if (account.waiting.size >= maxWaiting || (account.inDoubt && machine.freeNano(account.lease) < amountNano)) throw unavailable();
    const nowMs = this.#now();
    const isHeld = machine.ask(account.lease, hold, nowMs);
    let waiting: PromiseWithResolvers<Hold> | null = null;
    if (!isHeld) {
      waiting = Promise.withResolvers<Hold>();
      account.waiting.set(requestId, { settle: waiting, hold, untilMs: nowMs + this.#lookupMs });
    }
    this.#advance(account, nowMs);
    return waiting?.promise ?? hold;
  }

  release(hold: Hold): void {
    this.spend(hold, 0n);
  }

  spend(hold: Hold, chargeNano: bigint): void {
    const account = this.#account(hold.workspaceId);
    this.#served(account, machine.end(account.lease, hold.amountNano, chargeNano));
    // What becomes free makes nothing else due; what the time does, the tick sees.
    if (machine.isWanted(account.lease)) this.#advance(account);
  }

  settled(workspaceId: string, chargeNano: bigint): void {
    machine.settled(this.#account(workspaceId).lease, chargeNano);
  }

  refunded(workspaceId: string, chargeNano: bigint): void {
    const account = this.#account(workspaceId);
    this.#served(account, machine.refunded(account.lease, chargeNano));
  }

  totals(): { drawnNano: bigint; heldNano: bigint; spentNano: bigint } {
    const totals = { drawnNano: 0n, heldNano: 0n, spentNano: 0n };
    for (const { lease } of this.#accounts.values()) {
      totals.drawnNano += lease.drawnNano;
      totals.heldNano += lease.heldNano;
      totals.spentNano += lease.spentNano;
    }
    return totals;
  }

  async close(): Promise<void> {
    this.#closing = true;
    clearInterval(this.#timer);
    await this.#endWatch();
    for (const account of this.#accounts.values()) this.#giveUp(account);
    const end = this.#now() + this.#lookupMs;
    while ([...this.#accounts.values()].some(({ lease }) => lease.operation) && this.#now() < end) await sleep(10);
    for (const { workspaceId, lease } of this.#accounts.values()) {
      const amountNano = machine.freeNano(lease);
      // One still in doubt is left to the next start, which returns what is there then.
      if (amountNano <= 0n || lease.operation) continue;
      lease.drawnNano -= await this.#store.giveBack(workspaceId, { id: newOperation(), amountNano, recallVersion: null });
    }
  }

  #account(workspaceId: string): Account {
    let account = this.#accounts.get(workspaceId);
    if (!account) {
      account = { workspaceId, lease: machine.emptyLease(this.#now()), waiting: new Map(), inDoubt: false };
      this.#accounts.set(workspaceId, account);
    }
    return account;
  }

  #advance(account: Account, nowMs: number = this.#now()): void {
    if (this.#closing || account.lease.operation) return;
    const operation = machine.next(account.lease, nowMs, newOperation);
    if (operation) void this.#run(account, operation);
  }

  /** Sends an operation until it is answered: what it did must be known before anything else is asked. */
  async #run(account: Account, operation: machine.Operation): Promise<void> {
    for (let retryMs = shortestRetryMs; ; retryMs = Math.min(longestRetryMs, retryMs * 2)) {
      try {
        await this.#send(account, operation);
        break;
      } catch (err) {
        if (this.#closing) return;
        if (!account.inDoubt)
          this.#logger.warn({ err, operation: operation.kind }, "the credit lease cannot reach the database; trying again");
        account.inDoubt = true;
        this.#giveUp(account);
        await sleep(retryMs);
      }
    }
    account.inDoubt = false;
    this.#advance(account);
  }

  async #send(account: Account, operation: machine.Operation): Promise<void> {
    const { workspaceId, lease } = account;
    if (operation.kind === "draw") {
      const answer = await this.#store.draw(workspaceId, operation);
      const { held, refused } = machine.drawn(lease, answer, this.#now());
      this.#served(account, held);
      for (const { requestId } of refused) take(account, requestId)?.settle.reject(exhausted());
    } else if (operation.kind === "recall") {
      machine.recallSent(lease, await this.#store.recall(workspaceId), this.#now());
    } else {
      this.#served(account, machine.returned(lease, await this.#store.giveBack(workspaceId, operation)));
    }
    // Somebody waits for others to answer a recall.
    const waitMs = lease.drawAtMs - this.#now();
    if (waitMs > 0 && lease.waiting.length > 0) setTimeout(() => this.#advance(account), waitMs + 1);
  }

  #served(account: Account, held: machine.Waiter[]): void {
    for (const { requestId, amountNano } of held) {
      const waiter = take(account, requestId);
      if (waiter) waiter.settle.resolve(waiter.hold);
      else machine.end(account.lease, amountNano, 0n);
    }
  }

  #giveUp(account: Account): void {
    machine.giveUp(account.lease);
    for (const { settle } of account.waiting.values()) settle.reject(unavailable());
    account.waiting.clear();
  }

  #tick(): void {
    const now = this.#now();
    this.#ticks += 1;
    if (this.#ticks % ticksPerPoll === 0) void this.#askRecalls();
    if (this.#ticks % ticksPerSearch === 0) void this.#findLost();
    for (const account of this.#accounts.values()) {
      for (const [requestId, { settle, untilMs }] of account.waiting) {
        if (now < untilMs) break;
        account.waiting.delete(requestId);
        machine.withdraw(account.lease, requestId);
        settle.reject(unavailable());
      }
      this.#advance(account);
      if (machine.isEmpty(account.lease) && now - account.lease.usedAtMs > machine.idleMs) this.#accounts.delete(account.workspaceId);
    }
  }

  async #askRecalls(): Promise<void> {
    // One that came while the answer was on its way may not be in it.
    this.#askAgain = this.#asking;
    if (this.#asking || this.#closing) return;
    this.#asking = true;
    try {
      for (const { workspaceId, version, leftMs } of await this.#store.recalls()) {
        const account = this.#accounts.get(workspaceId);
        // Our own recall: what we hold back is for those who wait here.
        if (!account || account.lease.recall?.version === version) continue;
        machine.recalled(account.lease, version, this.#now() + leftMs);
        this.#advance(account);
      }
    } catch (err) {
      this.#logger.debug({ err }, "recalls could not be read");
    } finally {
      this.#asking = false;
      if (this.#askAgain) void this.#askRecalls();
    }
  }

  /** Leases that this gateway has and knows nothing of: a draw that came through after its process was killed. */
  async #findLost(): Promise<void> {
    try {
      for (const { workspaceId, amountNano } of await this.#store.leases()) {
        if (this.#accounts.has(workspaceId) || this.#closing) continue;
        this.#account(workspaceId).lease.drawnNano = amountNano;
      }
    } catch (err) {
      this.#logger.debug({ err }, "leases could not be read");
    }
  }
}

function take(account: Account, requestId: string) {
  const waiter = account.waiting.get(requestId);
  account.waiting.delete(requestId);
  return waiter;
}

function newOperation(): string {
  return newId("req");
}

function unavailable(): AppError {
  return new AppError("billing_unavailable", "Your balance cannot be checked at this moment. Try again shortly.", { retryAfterSeconds: 5 });
}

function exhausted(): AppError {
  return new AppError("credit_balance_exhausted", "Your balance is used up. Add credit on the console's billing page, then call again.");
}
