import type { InstanceTarget } from "../ports.ts";

/** Whether one more call may go there. */
export function hasRoom({ upstream }: InstanceTarget, inFlight: number): boolean {
  return !upstream || upstream.maxConcurrency === null || inFlight < upstream.maxConcurrency;
}

/**
 * Shares calls out by weight. Those that carry least for their weight come first; among these it goes round so that each has
 * its share in every stretch of calls, also while few run at once.
 */
export class WeightedTurns {
  /** What each is owed; forgotten with the target itself, which is another one after each change. */
  readonly #owed = new WeakMap<InstanceTarget, number>();

  pick(candidates: readonly InstanceTarget[], inFlight: (instanceId: string) => number): InstanceTarget | null {
    let least = Number.POSITIVE_INFINITY;
    let level: InstanceTarget[] = [];
    for (const candidate of candidates) {
      const load = Math.floor(inFlight(candidate.id) / weightOf(candidate));
      if (load < least) level = [];
      if (load <= least) level.push(candidate);
      least = Math.min(least, load);
    }
    return this.#next(level);
  }

  #next(level: readonly InstanceTarget[]): InstanceTarget | null {
    let chosen: InstanceTarget | null = null;
    let most = Number.NEGATIVE_INFINITY;
    let total = 0;
    for (const candidate of level) {
      const weight = weightOf(candidate);
      const owed = (this.#owed.get(candidate) ?? 0) + weight;
      this.#owed.set(candidate, owed);
      total += weight;
      if (owed > most) {
        most = owed;
        chosen = candidate;
      }
    }
    if (chosen) this.#owed.set(chosen, most - total);
    return chosen;
  }
}

function weightOf({ upstream }: InstanceTarget): number {
  return upstream?.weight ?? 1;
}
