import { expect, test } from "vitest";
import { DenseSet, type Placed } from "./dense-set.ts";

const member = (): Placed => ({ place: 0 });

test("holds what was added and not removed, whichever goes first", () => {
  const [first, second, third] = [member(), member(), member()];
  const set = new DenseSet<Placed>();
  for (const one of [first, second, third]) set.add(one);
  set.remove(first);
  expect([...set]).toEqual([third, second]);
  set.remove(second);
  set.remove(third);
  expect(set.size).toBe(0);
});

test("members that were moved are found again", () => {
  const set = new DenseSet<Placed>();
  const members = Array.from({ length: 100 }, member);
  for (const one of members) set.add(one);
  for (const [index, one] of members.entries()) if (index % 3 === 0) set.remove(one);
  const kept = members.filter((_, index) => index % 3 !== 0);
  expect(new Set(set)).toEqual(new Set(kept));
  for (const one of kept) set.remove(one);
  expect(set.size).toBe(0);
});
