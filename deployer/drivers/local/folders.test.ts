import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { instanceFolder, prepareFolder, pruneFolders, readOwner } from "./folders.ts";
import { runLogFile } from "./run-log.ts";

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "hydra-folders-"));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const id = (number: number) => `ins_${String(number).padStart(3, "0")}`;

test("the newest 20 ended instances of each service keep their folder, and all live ones", async () => {
  for (let number = 0; number < 50; number++)
    await prepareFolder(instanceFolder(dir, id(number)), { serviceId: number % 2 ? "svc_odd" : "svc_even" });
  await pruneFolders(dir, new Set([id(0), id(1)]));
  const left = (await readdir(dir)).sort();
  expect(left).toEqual([id(0), id(1), ...Array.from({ length: 40 }, (_, index) => id(index + 10))]);
});

test("a new run finds no word of the last one, and its logs, but for the oldest", async () => {
  const folder = instanceFolder(dir, "ins_1");
  await mkdir(folder.dir);
  await writeFile(folder.stateFile, "{}");
  for (let number = 0; number < 8; number++) {
    await writeFile(runLogFile(folder.dir, `nonce ${number}`), `why run ${number} ended`);
    await utimes(runLogFile(folder.dir, `nonce ${number}`), number, number);
  }
  const claim = { memoryBytes: 1, cpuMilli: 2, gpus: ["GPU-1"] };
  await prepareFolder(folder, { serviceId: "svc_1", claim });
  const kept = [4, 5, 6, 7].map((number) => basename(runLogFile(folder.dir, `nonce ${number}`)));
  expect((await readdir(folder.dir)).sort()).toEqual([...kept, "owner.json"].sort());
  expect(await readOwner(folder)).toEqual({ serviceId: "svc_1", claim });
  expect(kept.join()).not.toContain("nonce");
});

test.each(["../x", "a/b", "", "."])("%j is no instance id", (wrong) => {
  expect(() => instanceFolder(dir, wrong)).toThrow(RangeError);
});
