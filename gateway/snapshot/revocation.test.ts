import { expect, test } from "vitest";
import { noFaults, simulate } from "./simulation.fixture.ts";

const rough = { lost: 0.02, late: 0.5, answerLost: 0.02, slow: 0.2 };

test("no gateway admits by what a revoke that has answered took away, in any order of events", async () => {
  let revokes = 0;
  for (let seed = 1; seed <= 150; seed++) {
    const outcome = await simulate(seed, { minutes: 5, disturbances: 12, faults: rough });
    expect(outcome.violations.slice(0, 3), `seed ${seed}`).toEqual([]);
    for (const { tookMs } of outcome.revokes) expect(tookMs).toBeLessThan(47_000);
    revokes += outcome.revokes.length;
  }
  expect(revokes).toBeGreaterThan(2_000);
}, 120_000);

test("where nothing fails a revoke waits for one poll of each gateway, never for a lease", async () => {
  for (let seed = 1; seed <= 20; seed++) {
    const { violations, revokes } = await simulate(seed, { minutes: 2, disturbances: 0, faults: noFaults });
    expect(violations).toEqual([]);
    expect(revokes.length).toBeGreaterThan(10);
    for (const { tookMs } of revokes) expect(tookMs).toBeLessThan(2_000);
  }
});
