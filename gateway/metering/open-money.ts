import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "#lib/observability/logger.ts";
import type { Limits } from "../limits.ts";
import { endPool } from "../snapshot/pool.ts";
import { createCredit, type LeasedCredit } from "./credit.ts";
import { readLeftJournal, type WriteBytes } from "./journal.ts";
import { createMetering, type LedgerMetering } from "./metering.ts";
import { openMoneyPool } from "./pool.ts";
import { replayJournal } from "./replay.ts";

export interface MoneyOptions {
  /** Of the database; a session's, no transaction pooler's, because recalls are listened for. */
  url: string;
  gatewayId: string;
  /** This gateway's own folder; the journal is kept in it. */
  dir: string;
  logger: Logger;
  limits: Pick<Limits, "maxWaitingRecords" | "flushMs" | "lookupMs">;
  /** Folders of gateways that do not run any more; looked for once, a while after the start. */
  leftBehind?: { take(): LeftGateway[]; afterMs: number };
  /** How bytes get into the journal's file; default: Node's `write`. */
  write?: WriteBytes;
}

/** A gateway that was killed and not started again: its id, its folder, and the end of looking into it. */
export interface LeftGateway {
  id: string;
  dir: string;
  leave(): void;
}

export interface Money {
  credit: LeasedCredit;
  metering: LedgerMetering;
  /** Replays what an earlier process left, trying again while the database is away. Nothing can be held before it resolves. */
  start(): Promise<void>;
  /** After the last call: settles, returns the leases. Resolves to the number of calls that stay in the journal alone. */
  close(): Promise<number>;
}

const retryMs = 500;

/** Credit and metering of one gateway on one database. */
export function openMoney(options: MoneyOptions): Money {
  const { url, gatewayId, dir, logger, limits, write, leftBehind } = options;
  const pool = openMoneyPool(url);
  const credit = createCredit({ pool, url, gatewayId, logger, lookupMs: limits.lookupMs });
  const shared = { pool, gatewayId, credit, dir, logger, limits };
  const metering = createMetering(write ? { ...shared, write } : shared);
  let closing = false;
  let starting: Promise<void> = Promise.resolve();
  let lookingBack: Promise<void> = Promise.resolve();
  let lookBack: NodeJS.Timeout | undefined;

  async function replay(): Promise<void> {
    const left = await readLeftJournal(dir, logger);
    while (!closing) {
      try {
        await replayJournal(left, { pool, gatewayId, logger });
        credit.start();
        if (leftBehind) lookBack = setTimeout(() => (lookingBack = settleLeft(leftBehind.take())), leftBehind.afterMs);
        return;
      } catch (err) {
        logger.warn({ err, retryMs }, "the journal of the last run cannot be settled yet; trying again");
        await sleep(retryMs);
      }
    }
  }

  /** One that fails is left as it was, for the next start. */
  async function settleLeft(gateways: LeftGateway[]): Promise<void> {
    for (const left of gateways) {
      await readLeftJournal(left.dir, logger)
        .then((journal) => replayJournal(journal, { pool, gatewayId: left.id, logger }))
        .catch((err: unknown) => logger.warn({ err, gateway: left.id }, "what a killed gateway left cannot be settled yet"));
      left.leave();
    }
  }

  return {
    credit,
    metering,
    start() {
      starting = replay();
      return starting;
    },
    async close() {
      closing = true;
      clearTimeout(lookBack);
      await starting.catch(() => {});
      await lookingBack;
      const left = await metering.close();
      await credit.close().catch((err: unknown) => logger.warn({ err }, "leases could not be returned; the next start does it"));
      await endPool(pool);
      return left;
    },
  };
}
