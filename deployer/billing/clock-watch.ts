import type pg from "pg";

export interface ClockWatch {
  /** Looks and takes a step out of billing's time; the step in milliseconds, or 0. */
  (client: Pick<pg.Client, "query">): Promise<number>;
  /** Nobody has watched since: the next look takes the clock at its word, unless it is behind what was billed. */
  forget(): void;
}

interface Look {
  /** Between these two the clock was read. */
  askedMs: number;
  answeredMs: number;
  /** What it showed, less the steps that were taken out. */
  shownMs: number;
}

/** Less is not told apart from a busy machine. */
const toleranceMs = 1_000;

/**
 * Watches the database's clock, by which instances are billed, with one that nobody sets.
 * @param monotonicMs milliseconds on a clock that only goes forward
 */
export function createClockWatch(monotonicMs: () => number): ClockWatch {
  let last: Look | null = null;

  async function look(client: Pick<pg.Client, "query">): Promise<number> {
    const askedMs = monotonicMs();
    const { rows } = await client.query<{ shownMs: string | null; reachedMs: string | null }>("SELECT * FROM read_billing_clock()");
    const read = rows[0];
    if (!read || read.shownMs === null || read.reachedMs === null) {
      last = null;
      return 0;
    }
    const now = { askedMs, answeredMs: monotonicMs(), shownMs: Number(read.shownMs) };
    const stepMs = last ? stepBetween(last, now) : Math.min(0, now.shownMs - Number(read.reachedMs));
    if (stepMs !== 0) await client.query("SELECT step_billing_clock($1)", [stepMs]);
    last = { ...now, shownMs: now.shownMs - stepMs };
    return stepMs;
  }

  return Object.assign(look, {
    forget: () => {
      last = null;
    },
  });
}

/** By how much the clock was set between two looks, in milliseconds; 0 where what it shows can be true. Pure. */
export function stepBetween(last: Look, now: Look): number {
  const shown = now.shownMs - last.shownMs;
  const least = now.askedMs - last.answeredMs;
  const most = now.answeredMs - last.askedMs;
  if (shown >= least - toleranceMs && shown <= most + toleranceMs) return 0;
  return Math.round(shown - (least + most) / 2);
}
