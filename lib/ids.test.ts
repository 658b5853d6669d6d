import { expect, test } from "vitest";
import { newId, newWorkspaceName } from "./ids.ts";

test("ids say what they name, differ, and sort by age", () => {
  const start = Date.UTC(2026, 0, 1);
  const ids = Array.from({ length: 200 }, (_, index) => newId("svc", start + index));
  for (const id of ids) expect(id).toMatch(/^svc_[0-9a-hjkmnp-tv-z]{26}$/);
  expect([...ids].sort()).toEqual(ids);
  expect(new Set(Array.from({ length: 1_000 }, () => newId("req", start))).size).toBe(1_000);
});

test("ids hold the whole time, to the millisecond and beyond the year 10000", () => {
  const times = [0, 1, 2 ** 32, Date.UTC(9999, 0, 1), 2 ** 48 - 1];
  const ids = times.map((time) => newId("usr", time).slice(0, 14));
  expect(new Set(ids).size).toBe(times.length);
  expect([...ids].sort()).toEqual(ids);
});

test("workspace names have their form", () => {
  const names = Array.from({ length: 200 }, newWorkspaceName);
  for (const name of names) expect(name).toMatch(/^u-[0-9a-f]{12}$/);
  expect(new Set(names).size).toBe(200);
});
