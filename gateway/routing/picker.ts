import type { InstanceTarget } from "../ports.ts";
import { Health } from "./health.ts";
import { hasRoom, WeightedTurns } from "./weights.ts";

/** How a call at an instance went, as far as it tells of the instance. */
export type CallResult = "answered" | "failed" | "unclear";

/** A place at an instance; give it back when the attempt has ended, once or more often: the first time counts. */
export interface Seat {
  instance: InstanceTarget;
  release(result: CallResult): void;
}

export interface Picker {
  /**
   * The instance with the fewest calls in flight, for its weight where it has one; those in `tried` are left out, and those
   * that fail, unless all do: a call that may go wrong is better than none. Null where none is left, or has room.
   */
  pick(instances: readonly InstanceTarget[], tried: readonly string[]): Seat | null;
  inFlight(instanceId: string): number;
}

/** Counts the calls in flight of this process; among equals it goes round. */
export function createPicker(health: Health = new Health()): Picker {
  const counts = new Map<string, number>();
  const weighted = new WeightedTurns();
  let turn = 0;

  function take(instance: InstanceTarget): Seat {
    counts.set(instance.id, (counts.get(instance.id) ?? 0) + 1);
    health.sent(instance.id);
    let held = true;
    return {
      instance,
      release(result) {
        if (!held) return;
        held = false;
        const left = (counts.get(instance.id) ?? 1) - 1;
        if (left > 0) counts.set(instance.id, left);
        else counts.delete(instance.id);
        health[result](instance.id);
      },
    };
  }

  function inFlight(instanceId: string): number {
    return counts.get(instanceId) ?? 0;
  }

  /** Of those that pass, the one with the fewest calls, beginning at a place that moves on. */
  function best(instances: readonly InstanceTarget[], passes: (instance: InstanceTarget) => boolean): InstanceTarget | null {
    if (instances[0]?.upstream) return weighted.pick(instances.filter(passes), inFlight);
    let found: InstanceTarget | null = null;
    let fewest = Number.POSITIVE_INFINITY;
    for (let step = 0; step < instances.length; step++) {
      const candidate = instances[(turn + step) % instances.length] as InstanceTarget;
      if (!passes(candidate)) continue;
      const count = counts.get(candidate.id) ?? 0;
      if (count < fewest) {
        found = candidate;
        fewest = count;
      }
    }
    return found;
  }

  return {
    inFlight,
    pick(instances, tried) {
      turn = (turn + 1) % Number.MAX_SAFE_INTEGER;
      const untried = (instance: InstanceTarget) => !tried.includes(instance.id) && hasRoom(instance, inFlight(instance.id));
      const found = best(instances, (instance) => untried(instance) && health.isOpen(instance.id)) ?? best(instances, untried);
      return found && take(found);
    },
  };
}
