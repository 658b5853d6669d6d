import { expect, test } from "vitest";
import { type ApiKeyView, apiKeyLimits } from "#lib/contracts/api-keys.ts";
import { sameLifetime } from "./expiry.ts";
import { expiryToSend, hasLimits, type KeyValues, keyValues, limitsOf, noValues, valuesOf } from "./key-values.ts";

const typed: KeyValues = {
  ...noValues,
  ...{ name: "ci", models: "some", allowedModels: ["public/qwen3"], addresses: " 10.0.0.0/8\n\n2001:db8::1, 203.0.113.7 " },
  ...{ requestsPerMinute: "1,000", tokensPerMinute: "10 000", budgetDay: "12.50", budgetMonth: "1,000" },
};

test("what was typed becomes limits, with separators read as people write them", () => {
  expect(keyValues.safeParse(typed).success).toBe(true);
  expect(limitsOf(typed)).toEqual({
    ...{ requestsPerMinute: 1_000, tokensPerMinute: 10_000, concurrency: null },
    ...{ budgetDayNano: "12500000000", budgetMonthNano: "1000000000000" },
    allowedModels: ["public/qwen3"],
    allowedAddresses: ["10.0.0.0/8", "2001:db8::1", "203.0.113.7"],
  });
});

test("nothing typed is no limit at all", () => {
  expect(limitsOf(noValues)).toEqual(apiKeyLimits.parse({}));
  expect(hasLimits(limitsOf(noValues))).toBe(false);
  expect(hasLimits(limitsOf(typed))).toBe(true);
});

test("a key's limits come back as they went in", () => {
  const limits = limitsOf(typed);
  const key = { name: "ci", expiresAt: "2026-03-08T10:00:00.000Z", limits } as ApiKeyView;
  expect(limitsOf(valuesOf(key))).toEqual(limits);
  expect(expiryToSend(valuesOf(key), new Date())).toBeUndefined();
  expect(expiryToSend(valuesOf({ ...key, expiresAt: null }), new Date())).toBeNull();
});

test.each([
  [{ requestsPerMinute: "0" }, "requestsPerMinute"],
  [{ tokensPerMinute: "-1" }, "tokensPerMinute"],
  [{ concurrency: "1.5" }, "concurrency"],
  [{ concurrency: "1e3" }, "concurrency"],
  [{ requestsPerMinute: "1000000001" }, "requestsPerMinute"],
  [{ budgetDay: "0" }, "budgetDay"],
  [{ budgetMonth: "-5" }, "budgetMonth"],
  [{ budgetMonth: "1000000000" }, "budgetMonth"],
  [{ budgetDay: "0.0000000001" }, "budgetDay"],
  [{ models: "some" as const }, "allowedModels"],
  [{ expiry: "date" as const, date: "2020-01-01" }, "date"],
  [{ name: "   " }, "name"],
])("%j is wrong, and said at %s", (change, field) => {
  const { error } = keyValues.safeParse({ ...noValues, name: "ci", ...change });
  expect(error?.issues.map(({ path }) => path[0])).toEqual([field]);
});

test("a successor is offered about as long a life", () => {
  const from = "2026-01-01T00:00:00.000Z";
  expect(sameLifetime(from, null)).toBe("never");
  expect(sameLifetime(from, "2026-01-08T00:00:00.000Z")).toBe("7");
  expect(sameLifetime(from, "2026-01-31T00:00:00.000Z")).toBe("30");
  expect(sameLifetime(from, "2027-01-01T00:00:00.000Z")).toBe("90");
});
