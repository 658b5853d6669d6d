import { expect, test } from "vitest";
import { LineBlocks } from "./line-blocks.ts";

test("lines are handed on together, in their order, when there are many or when they have waited", async () => {
  const blocks: string[] = [];
  const lines = new LineBlocks({ write: (block) => blocks.push(block) });
  const all = Array.from({ length: 5_000 }, (_, n) => `${n} ${"x".repeat(50)}\n`);
  for (const line of all) lines.write(line);
  expect(blocks.length).toBeGreaterThan(2);
  expect(blocks.length).toBeLessThan(10);
  await expect.poll(() => blocks.join("")).toBe(all.join(""));
  const before = blocks.length;
  lines.write("alone\n");
  expect(blocks).toHaveLength(before);
  await expect.poll(() => blocks.at(-1)).toBe("alone\n");
});
