import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { takeSeat } from "./seat.ts";

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "hydra-seat-"));
});
afterEach(() => rmSync(dataDir, { recursive: true }));

test("each gateway of a machine has a folder of its own; the next one to come takes the first that is free, and its id", () => {
  const [first, second, third] = [takeSeat(dataDir), takeSeat(dataDir), takeSeat(dataDir)];
  expect([first, second, third].map((seat) => seat.dir)).toEqual(["0", "1", "2"].map((number) => join(dataDir, "gateway", number)));
  expect(new Set([first.id, second.id, third.id]).size).toBe(3);
  expect(first.id).toMatch(/^gtw_/);
  second.leave();
  const next = takeSeat(dataDir);
  expect([next.dir, next.id]).toEqual([second.dir, second.id]);
  for (const seat of [first, third, next]) seat.leave();
  const again = takeSeat(dataDir);
  expect(again.id).toBe(first.id);
  again.leave();
});
