import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { lastLines, rotateLog } from "./log-file.ts";

let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "hydra-log-"));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

test("a log past the limit is set aside, a smaller one stays", async () => {
  const file = join(dir, "a.log");
  await rotateLog(file, 3);
  await writeFile(file, "1234");
  await rotateLog(file, 4);
  expect(await readFile(file, "utf8")).toBe("1234");
  await rotateLog(file, 3);
  await expect(readFile(file)).rejects.toThrow(/ENOENT/);
  expect(await readFile(`${file}.1`, "utf8")).toBe("1234");
});

test("the last lines of a long log are read without the rest", async () => {
  const file = join(dir, "b.log");
  await writeFile(file, Array.from({ length: 10_000 }, (_, index) => `line ${index}\n`).join(""));
  expect(await lastLines(file, 2)).toBe("line 9998\nline 9999");
  expect(await lastLines(join(dir, "none.log"), 2)).toBe("");
});
