import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { instanceFolder, prepareFolder, pruneFolders } from "./folders.ts";

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "hydra-folders-"));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const id = (number: number) => `ins_${String(number).padStart(3, "0")}`;

test("the newest 20 ended instances of each service keep their folder, and all live ones", async () => {
  for (let number = 0; number < 50; number++) await prepareFolder(instanceFolder(dir, id(number)), number % 2 ? "svc_odd" : "svc_even");
  await pruneFolders(dir, new Set([id(0), id(1)]));
  const left = (await readdir(dir)).sort();
  expect(left).toEqual([id(0), id(1), ...Array.from({ length: 40 }, (_, index) => id(index + 10))]);
});

test("a new run finds no word of the last one, and its log", async () => {
  const folder = instanceFolder(dir, "ins_1");
  await mkdir(folder.dir);
  await writeFile(folder.stateFile, "{}");
  await writeFile(folder.logFile, "why it ended");
  await prepareFolder(folder, "svc_1");
  expect((await readdir(folder.dir)).sort()).toEqual(["engine.log", "owner.json"]);
  expect(await readFile(folder.logFile, "utf8")).toBe("why it ended");
});

test("a log that has grown large is put aside", async () => {
  const folder = instanceFolder(dir, "ins_1");
  await mkdir(folder.dir);
  await writeFile(folder.logFile, "");
  await truncate(folder.logFile, 17 * 1024 * 1024);
  await prepareFolder(folder, "svc_1");
  expect((await readdir(folder.dir)).sort()).toEqual(["engine.log.1", "owner.json"]);
});

test.each(["../x", "a/b", "", "."])("%j is no instance id", (wrong) => {
  expect(() => instanceFolder(dir, wrong)).toThrow(RangeError);
});
