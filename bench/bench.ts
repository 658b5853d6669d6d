import type { Installation } from "./hydra.ts";

/** What a scenario works with. */
export interface Bench {
  /** A folder of this run. */
  dir: string;
  /** Seconds of load for each figure. */
  seconds: number;
  /** How often each side is measured, in turn. */
  rounds: number;
  /** Paths of our compiled programs. */
  programs: { events: string; client: string };
  hydra: Installation;
  /** Starts something that ends with the scenario. */
  use<Thing extends { stop(): Promise<void> }>(starting: Promise<Thing>): Promise<Thing>;
}

export interface Row {
  scenario: string;
  figure: string;
  /** How it compares, such as `0.41 of nginx`. */
  ratio: string;
  /** The floor or goal of the row, and whether it is reached. */
  verdict: string;
}

export type Scenario = (bench: Bench) => Promise<Row[]>;

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** Measures every side in turn, again and again: what drifts on a shared machine drifts for all. */
export async function inTurn<Side, Result>(
  rounds: number,
  sides: readonly Side[],
  measure: (side: Side) => Promise<Result>,
): Promise<Map<Side, Result[]>> {
  const results = new Map<Side, Result[]>(sides.map((side) => [side, []]));
  for (let round = 0; round < rounds; round++) {
    for (const side of sides) results.get(side)?.push(await measure(side));
  }
  return results;
}

/** A verdict on a figure that should be at least (or at most) so much. */
export function judge(value: number, direction: "min" | "max", { floor, goal }: { floor?: number; goal: number }): string {
  const reaches = (limit: number) => (direction === "min" ? value >= limit : value <= limit);
  if (reaches(goal)) return `goal ${goal} reached`;
  if (floor === undefined) return `goal ${goal} MISSED`;
  return reaches(floor) ? `floor ${floor} reached, goal ${goal} missed` : `floor ${floor} MISSED`;
}

export function fixed(value: number, digits: number): string {
  return value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
