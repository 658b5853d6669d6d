/** No wait between two starts is longer. */
export const maxBackoffMs = 300_000;

/**
 * Wait before the next start after `failures` unexpected ends in a row (1 or more): 1, 2, 4 … 300 s, less up to a quarter.
 * The jitter only shortens, so that a single exit is made good within a second; even at its shortest, a crash loop makes
 * at most 12 starts in 10 minutes.
 * @param jitter in [0, 1)
 */
export function backoffMs(failures: number, jitter: number): number {
  const fullMs = Math.min(maxBackoffMs, 1_000 * 2 ** Math.min(failures - 1, 20));
  return Math.round(fullMs * (1 - jitter / 4));
}

/** Milliseconds until `retryAt`; 0 when due, or when the clock was set back so far that the wait makes no sense. */
export function waitMs(retryAt: Date | null, now: Date): number {
  const leftMs = retryAt ? retryAt.getTime() - now.getTime() : 0;
  return leftMs > maxBackoffMs ? 0 : Math.max(0, leftMs);
}
