import type { Db } from "#lib/db/client.ts";
import type { Logger } from "#lib/observability/logger.ts";
import { billAll } from "./bill-all.ts";
import { createClockWatch } from "./clock-watch.ts";
import { openSeat } from "./seat.ts";

export interface BillingDeps {
  db: Db;
  /** No transaction pooler's: the seat is a session's lock. */
  databaseDirectUrl: string;
  logger: Logger;
}

export interface Billing {
  /**
   * Charges what has ended, gives the seat to another deployer and closes its connection. Call it after the instances have
   * been ended, where they are, and before `db` is closed.
   */
  stop(): Promise<void>;
}

const lookMs = 1_000;
/** A minute is set apart and a stop takes 12 s: there is time for several ticks in between. */
const tickMs = 5_000;

/**
 * Charges instances by the second, keeps their next minute set apart, suspends who cannot pay and resumes who can again.
 * Of all deployers on a database one does it at a time; another takes over within seconds. Starts at once and never throws:
 * what fails is logged and tried again.
 */
export function startBilling({ db, databaseDirectUrl, logger }: BillingDeps): Billing {
  const seat = openSeat(databaseDirectUrl);
  const watchClock = createClockWatch(() => performance.now());
  let tickedAt = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let running = look();

  async function look(): Promise<void> {
    try {
      const client = await seat.take();
      if (client) {
        const stepMs = await watchClock(client);
        if (stepMs) logger.warn({ stepMs }, "the database's clock was set; billing goes on without the step");
        if (performance.now() - tickedAt >= tickMs) {
          tickedAt = performance.now();
          await billAll({ db, logger });
        }
      }
    } catch (err) {
      watchClock.forget();
      await seat.leave();
      logger.warn({ err }, "billing is interrupted; next try in a second");
    }
    if (stopped) return;
    timer = setTimeout(() => {
      running = look();
    }, lookMs);
  }

  return {
    async stop() {
      stopped = true;
      await running;
      clearTimeout(timer);
      tickedAt = Number.NEGATIVE_INFINITY;
      await look();
      await seat.leave();
    },
  };
}
