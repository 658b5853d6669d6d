import type { InstanceTarget } from "../ports.ts";

/** A place at an instance; give it back when the attempt has ended, once or more often. */
export interface Seat {
  instance: InstanceTarget;
  release(): void;
}

export interface Picker {
  /** The instance with the fewest calls in flight, those in `tried` left out; null where none is left. */
  pick(instances: readonly InstanceTarget[], tried: ReadonlySet<string>): Seat | null;
  inFlight(instanceId: string): number;
}

/** Counts the calls in flight of this process; among equals it goes round. */
export function createPicker(): Picker {
  const counts = new Map<string, number>();
  let turn = 0;

  function take(instance: InstanceTarget): Seat {
    counts.set(instance.id, (counts.get(instance.id) ?? 0) + 1);
    let held = true;
    return {
      instance,
      release() {
        if (!held) return;
        held = false;
        const left = (counts.get(instance.id) ?? 1) - 1;
        if (left > 0) counts.set(instance.id, left);
        else counts.delete(instance.id);
      },
    };
  }

  return {
    inFlight: (instanceId) => counts.get(instanceId) ?? 0,
    pick(instances, tried) {
      const open = instances.filter((instance) => !tried.has(instance.id));
      if (open.length === 0) return null;
      turn = (turn + 1) % Number.MAX_SAFE_INTEGER;
      let best: InstanceTarget | null = null;
      for (let step = 0; step < open.length; step++) {
        const candidate = open[(turn + step) % open.length] as InstanceTarget;
        if (!best || (counts.get(candidate.id) ?? 0) < (counts.get(best.id) ?? 0)) best = candidate;
      }
      return best && take(best);
    },
  };
}
