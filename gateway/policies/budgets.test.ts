import { beforeEach, expect, test } from "vitest";
import type { Spent } from "../ports.ts";
import { principalWith } from "../testing/principal.ts";
import { Budgets } from "./budgets.ts";

let now = new Date();
let recorded: Map<string, Spent>;
let reads: string[][];
let budgets: Budgets;

beforeEach(() => {
  now = new Date("2026-11-20T12:00:00Z");
  recorded = new Map();
  reads = [];
  const spend = {
    read: async (subjects: readonly string[]) => {
      reads.push([...subjects]);
      return new Map(recorded);
    },
  };
  budgets = new Budgets(spend, "CNY", () => now);
});

const caller = principalWith({ budgetDayNano: 1_000n, budgetMonthNano: 3_000n });
const left = () => budgets.status(caller).map(({ remainingNano }) => remainingNano);

test("what is recorded, held and charged never passes a budget; the refusal says which, how much, and until when", async () => {
  recorded.set("key_1", { dayNano: 300n, monthNano: 2_500n });
  await budgets.load(caller);
  expect(left()).toEqual([700n, 500n]);
  const hold = budgets.hold(caller, 400n);
  expect(left()).toEqual([300n, 100n]);
  expect(() => budgets.hold(caller, 101n)).toThrow(
    expect.objectContaining({
      code: "budget_exceeded",
      message: "The budget of 0.000003 CNY a month of this API key does not cover this call. It resets at 2026-12-01T00:00:00.000Z.",
      retryAfterSeconds: 10.5 * 86_400,
    }),
  );
  hold?.end(50n);
  hold?.end(50n);
  expect(left()).toEqual([650n, 450n]);
  expect(() => budgets.hold(caller, 451n)).toThrow(/a month/);
});

test("a day's budget resets at midnight UTC, a month's on the first", async () => {
  await budgets.load(caller);
  budgets.hold(caller, 1_000n)?.end(1_000n);
  expect(() => budgets.hold(caller, 1n)).toThrow(/a day of this API key.*2026-11-21T00:00:00/);
  now = new Date("2026-11-21T00:00:00Z");
  recorded.set("key_1", { dayNano: 0n, monthNano: 1_000n });
  await budgets.load(caller);
  expect(left()).toEqual([1_000n, 2_000n]);
});

test("it is read once; what others charge is seen at the next refresh, and our own is not counted twice", async () => {
  await Promise.all([budgets.load(caller), budgets.load(caller)]);
  expect(reads).toEqual([["key_1"]]);
  expect(budgets.load(caller)).toBeNull();
  budgets.hold(caller, 200n)?.end(200n);
  // Not written yet; then written; then another gateway's 300 too.
  for (const [dayNano, remains] of [
    [0n, 800n],
    [200n, 800n],
    [500n, 500n],
    [500n, 500n],
  ] as const) {
    recorded.set("key_1", { dayNano, monthNano: dayNano });
    await budgets.refresh();
    expect(left()[0]).toBe(remains);
  }
});

test("of parallel calls on a budget for three, three are let in", async () => {
  await budgets.load(caller);
  const outcomes = Array.from({ length: 10 }, () => {
    try {
      return budgets.hold(caller, 333n);
    } catch {
      return "refused";
    }
  });
  expect(outcomes.filter((outcome) => outcome === "refused")).toHaveLength(7);
});

test("a call that costs nothing, and a caller without a budget, are not looked at", async () => {
  expect(budgets.hold(caller, 0n)).toBeNull();
  expect(budgets.load(principalWith({}))).toBeNull();
  expect(budgets.hold(principalWith({}), 10n)).toBeNull();
});

test("where the spending cannot be read there is no guess", async () => {
  const broken = new Budgets({ read: () => Promise.reject(new Error("away")) }, "CNY");
  await expect(broken.load(caller)).rejects.toThrow("away");
  expect(() => broken.hold(caller, 1n)).toThrow("not loaded");
});
