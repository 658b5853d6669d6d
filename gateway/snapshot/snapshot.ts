import { randomUUID } from "node:crypto";
import { AppError } from "#lib/errors.ts";
import type { Logger } from "#lib/observability/logger.ts";
import { credentialBox } from "#lib/secret-box.ts";
import type { Catalog, Principals } from "../ports.ts";
import { catalogOf } from "./catalog.ts";
import { DatabaseCopy } from "./copy.ts";
import { Follower, Replaced } from "./follower.ts";
import { Lease, systemClock } from "./lease.ts";
import { DatabaseLink } from "./link.ts";
import { principalsOf } from "./principals.ts";
import { Tables } from "./tables.ts";

/** How long a gateway may answer from memory after it was last in touch with the database. */
const snapshotLeaseMs = 45_000;
const pollMs = 1_000;
const firstRetryMs = 20;
const retryMs = 500;
const refreshMs = 600_000;
const pruneMs = 60_000;
const queryMs = 10_000;

export interface SnapshotOptions {
  databaseUrl: string;
  /** This gateway's, over its restarts. */
  id: string;
  address: () => string;
  /** The installation's, which opens the credentials of upstream endpoints. */
  secret: string;
  /** No deployer is on this machine. */
  remote?: boolean | undefined;
  logger: Logger;
  /** Default 45 s; never more than that, because a revoke waits no longer. */
  leaseMs?: number | undefined;
  /** Another process has taken this gateway's id; look-ups refuse from the end of the lease on. */
  onReplaced?: (() => void) | undefined;
}

export interface Snapshot {
  principals: Principals;
  catalog: Catalog;
  /** Resolves at the first full load, however long the database is away before it. */
  loaded: Promise<void>;
  /** Whether look-ups are answered. */
  holds(): boolean;
  /** Throws `billing_unavailable` where look-ups do. */
  mustHold(): void;
  /** Look-ups refuse from here on; the database forgets this gateway, where it can be told. */
  close(): Promise<void>;
}

/** Keys, limits and services in memory, kept up to date with the database as long as a lease says they are. */
export function openSnapshot({
  databaseUrl,
  id,
  address,
  secret,
  remote = false,
  logger,
  leaseMs = snapshotLeaseMs,
  onReplaced,
}: SnapshotOptions): Snapshot {
  const clock = systemClock;
  const tables = new Tables({ credentials: credentialBox(secret), remote });
  const lease = new Lease(clock, leaseMs);
  const wake = new Wake();
  const link = new DatabaseLink({ url: databaseUrl, id, incarnation: randomUUID(), address, leaseMs, queryMs, onNotify: () => wake.now() });
  const copy = new DatabaseCopy(link.client, tables, clock);
  const follower = new Follower({ link, copy, lease, clock, refreshMs });
  const loaded = Promise.withResolvers<void>();
  let closed = false;

  const holds = () => !closed && lease.holds();
  const mustHold = () => {
    if (!holds()) throw unknowable();
  };
  const now = () => copy.now();
  const following = follow({ link, follower, wake, logger, stopped: () => closed, onStep: () => loaded.resolve(), onReplaced });

  return {
    principals: principalsOf(tables, mustHold, now),
    catalog: catalogOf(tables, mustHold, now),
    loaded: loaded.promise,
    holds,
    mustHold,
    async close() {
      closed = true;
      // What waits for an answer fails now: an end must not wait for a database that is away.
      link.drop();
      wake.now();
      await following;
      await link
        .open()
        .then(() => link.leave())
        .catch((err: unknown) => logger.warn({ err }, "the database still counts on this gateway; revokes wait until its lease ends"));
      link.drop();
    },
  };
}

function unknowable(): AppError {
  return new AppError("billing_unavailable", "Keys and balances cannot be checked at this moment. Try again shortly.", {
    retryAfterSeconds: 5,
  });
}

interface Follow {
  link: DatabaseLink;
  follower: Follower;
  wake: Wake;
  logger: Logger;
  stopped(): boolean;
  onStep(): void;
  onReplaced: (() => void) | undefined;
}

/** Steps, each second and whenever the database says that something has changed, until it is stopped. */
async function follow({ link, follower, wake, logger, stopped, onStep, onReplaced }: Follow): Promise<void> {
  let prunedMs = performance.now();
  let failing = false;
  while (!stopped()) {
    let waitMs = pollMs;
    try {
      await link.open();
      wake.clear();
      if (await follower.step()) waitMs = 0;
      onStep();
      if (failing) logger.info("in touch with the database again");
      failing = false;
      if (performance.now() - prunedMs > pruneMs) {
        prunedMs = performance.now();
        await link.prune();
      }
    } catch (err) {
      link.drop();
      if (stopped()) return;
      if (err instanceof Replaced) {
        logger.fatal({ err }, "this gateway cannot go on");
        onReplaced?.();
        return;
      }
      if (!failing) logger.warn({ err }, "out of touch with the database; calls are served until the lease ends");
      // A session that breaks may be all that is wrong.
      waitMs = failing ? retryMs : firstRetryMs;
      failing = true;
    }
    if (!stopped() && waitMs > 0) await wake.wait(waitMs);
  }
}

/** A sleep that can be cut short, also by a call that came before it began. */
class Wake {
  #called = false;
  #resume: (() => void) | null = null;

  clear(): void {
    this.#called = false;
  }

  now(): void {
    this.#called = true;
    this.#resume?.();
  }

  async wait(ms: number): Promise<void> {
    if (this.#called) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#resume = resolve;
    const timer = setTimeout(resolve, ms);
    await promise;
    clearTimeout(timer);
    this.#resume = null;
  }
}
