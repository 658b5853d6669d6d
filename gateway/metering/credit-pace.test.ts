import { expect, test } from "vitest";
import * as machine from "./credit-lease.ts";

const amountNano = 10n;

/** Calls for so long at that pace, each of which ends at once with a charge of nothing; returns what was drawn ahead of. */
function run(lease: machine.Lease, from: { ms: number }, perSecond: number, seconds: number): bigint[] {
  const ahead: bigint[] = [];
  for (let call = 0; call < perSecond * seconds; call++) {
    from.ms += 1_000 / perSecond;
    expect(machine.ask(lease, { requestId: `r${from.ms}`, amountNano }, from.ms)).toBe(true);
    const operation = machine.next(lease, from.ms, () => "o");
    if (operation?.kind === "draw") {
      ahead.push(operation.aheadNano / amountNano);
      machine.drawn(lease, { grantedNano: operation.aheadNano, othersNano: 0n, pending: 0 }, from.ms);
    }
    machine.end(lease, amountNano, amountNano);
  }
  return ahead;
}

test("it is drawn ahead for what is asked in a second, so that a busy workspace seldom draws, and a quiet one keeps little", () => {
  const clock = { ms: 0 };
  const lease = { ...machine.emptyLease(0), drawnNano: 1_000n * amountNano };
  expect(new Set(run(lease, clock, 20, 60))).toEqual(new Set([64n]));
  const busy = run(lease, clock, 4_000, 5);
  expect(busy.at(-1)).toBeGreaterThan(3_500n);
  // Some in the first quarter of a second, then one a second; with 64 calls each time it were 312.
  expect(busy.length).toBeLessThan(30);
  expect(run(lease, clock, 20, 600).at(-1)).toBe(64n);
});
