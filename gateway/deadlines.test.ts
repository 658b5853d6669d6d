import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { Deadlines, type Due } from "./deadlines.ts";

class Alarm implements Due {
  place = 0;
  deadlineMs: number;
  heardMs: number[] = [];
  readonly #then: () => void;

  constructor(afterMs: number, then: () => void = () => {}) {
    this.deadlineMs = performance.now() + afterMs;
    this.#then = then;
  }

  onDue(): void {
    this.heardMs.push(performance.now());
    this.#then();
  }
}

test("each is called once, at its deadline or a moment after it, in no case before", async () => {
  const deadlines = new Deadlines();
  const alarms = [5, 30, 80].map((ms) => new Alarm(ms));
  for (const alarm of alarms) deadlines.add(alarm);
  await expect.poll(() => alarms.every(({ heardMs }) => heardMs.length > 0)).toBe(true);
  await sleep(60);
  for (const { heardMs, deadlineMs } of alarms) {
    expect(heardMs).toHaveLength(1);
    expect(heardMs[0]).toBeGreaterThanOrEqual(deadlineMs);
  }
});

test("one that was put off waits, one that was taken out is not called, also by another that is due at once", async () => {
  const deadlines = new Deadlines();
  const late = new Alarm(10);
  const out = new Alarm(10);
  const last = new Alarm(10);
  const first = new Alarm(10, () => {
    deadlines.remove(out);
    last.deadlineMs = Number.POSITIVE_INFINITY;
  });
  for (const alarm of [first, late, out, last]) deadlines.add(alarm);
  late.deadlineMs += 100;
  await expect.poll(() => first.heardMs.length).toBe(1);
  expect([late, out, last].flatMap(({ heardMs }) => heardMs)).toEqual([]);
  await expect.poll(() => late.heardMs.length).toBe(1);
  expect([...out.heardMs, ...last.heardMs]).toEqual([]);
  deadlines.remove(last);
});

test("after a rest it goes on", async () => {
  const deadlines = new Deadlines();
  for (let round = 0; round < 2; round++) {
    const alarm = new Alarm(1);
    deadlines.add(alarm);
    await expect.poll(() => alarm.heardMs.length).toBe(1);
    await sleep(60);
  }
});
