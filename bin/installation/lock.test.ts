import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startScript, type TemporaryDataDir, temporaryDataDir } from "../testing/hydra.ts";
import { makeDataDir } from "./data-dir.ts";
import { isLocked, lockDataDir } from "./lock.ts";

let dir: TemporaryDataDir;

beforeEach(async () => {
  dir = await temporaryDataDir();
  await makeDataDir(dir.path);
});

afterEach(() => dir.remove());

async function startHolder() {
  const holder = startScript("bin/testing/lock-holder.ts", [dir.path], {});
  await expect.poll(() => holder.stdout()).toContain("held");
  return holder;
}

describe("lockDataDir", () => {
  test("a second holder is refused in one sentence that names the first and the variable", async () => {
    const holder = await startHolder();
    await expect(lockDataDir(dir.path, { command: "up", consoleUrl: null })).rejects.toThrow(
      `Hydra already runs on ${dir.path} (\`hydra up\`, process ${holder.pid}, http://localhost:3000). Stop it first, or set HYDRA_DATA_DIR to another directory.`,
    );
    expect(isLocked(dir.path)).toBe(true);
    process.kill(holder.pid, "SIGKILL");
    await holder.ended;
  });

  test("a killed holder leaves nothing that keeps the next one out", async () => {
    const holder = await startHolder();
    process.kill(holder.pid, "SIGKILL");
    await holder.ended;
    const lock = await lockDataDir(dir.path, { command: "up", consoleUrl: null });
    expect(isLocked(dir.path)).toBe(true);
    lock.release();
    expect(isLocked(dir.path)).toBe(false);
  });

  test("of twenty that come at once, one gets it", async () => {
    const tries = await Promise.allSettled(Array.from({ length: 20 }, () => lockDataDir(dir.path, { command: "up", consoleUrl: null })));
    const got = tries.filter((entry) => entry.status === "fulfilled");
    expect(got).toHaveLength(1);
    got[0]?.value.release();
  });
});
