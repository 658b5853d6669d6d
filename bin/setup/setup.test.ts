import { mkdir, mkdtemp, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startScript } from "../testing/hydra.ts";
import { markRunning, refuseWhileRunning } from "./running.mjs";
import { withSetupLock } from "./setup-lock.mjs";
import { hashOf, stamp } from "./stamp.mjs";

let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "hydra-setup-"));
});

afterEach(() => rm(dir, { recursive: true, force: true }));

describe("stamps", () => {
  const every = () => true;

  test("a hash changes with a content, a name and a new file, and not with what is left out", async () => {
    await mkdir(join(dir, "app", "deep"), { recursive: true });
    await writeFile(join(dir, "app", "deep", "page.tsx"), "one");
    await writeFile(join(dir, "lock.json"), "1");
    const of = () => hashOf(["app", "lock.json", "absent"], (path) => !path.endsWith(".test.ts"), dir);
    const first = await of();
    expect(await of()).toBe(first);
    await writeFile(join(dir, "app", "deep", "page.test.ts"), "left out");
    expect(await of()).toBe(first);
    await writeFile(join(dir, "app", "deep", "page.tsx"), "two");
    const second = await of();
    expect(second).not.toBe(first);
    await writeFile(join(dir, "app", "new.tsx"), "");
    expect(await of()).not.toBe(second);
    expect(await hashOf(["app"], every, dir)).not.toBe(await hashOf(["lock.json"], every, dir));
  });

  test("a stamp matches what was written, and nothing once it is cleared", async () => {
    const mark = stamp(join(dir, "made", "stamp"));
    expect(await mark.matches("abc")).toBe(false);
    await mark.write("abc");
    expect(await mark.matches("abc")).toBe(true);
    expect(await mark.matches("abd")).toBe(false);
    await mark.clear();
    expect(await mark.matches("abc")).toBe(false);
  });
});

describe("the set-up lock", () => {
  test("lets one at a time in, and is taken away at the end, also of a failure", async () => {
    const file = join(dir, "lock");
    const order: string[] = [];
    const work = (name: string) => async () => {
      order.push(`${name} in`);
      await new Promise((resolve) => setTimeout(resolve, 50));
      order.push(`${name} out`);
    };
    await Promise.all([withSetupLock(work("a"), file), withSetupLock(work("b"), file)]);
    expect(order).toEqual(["a in", "a out", "b in", "b out"]);
    await expect(withSetupLock(() => Promise.reject(new Error("no")), file)).rejects.toThrow("no");
    await expect(readFile(file)).rejects.toThrow(/ENOENT/);
  });

  test("that a killed start left is taken over within seconds, whoever waits", async () => {
    const file = join(dir, "lock");
    const ended = startScript("bin/testing/exit-now.ts", [], {});
    await ended.ended;
    await writeFile(file, String(ended.pid));
    const old = new Date(Date.now() - 3_000);
    await utimes(file, old, old);
    let inside = 0;
    let most = 0;
    const work = async () => {
      inside += 1;
      most = Math.max(most, inside);
      await new Promise((resolve) => setTimeout(resolve, 20));
      inside -= 1;
    };
    await Promise.all([withSetupLock(work, file), withSetupLock(work, file), withSetupLock(work, file)]);
    expect(most).toBe(1);
  });
});

describe("a running Hydra", () => {
  test("keeps set-up from replacing what it runs on; a mark whose process is gone does not", async () => {
    const marks = join(dir, "running");
    await expect(refuseWhileRunning("x", marks)).resolves.toBeUndefined();
    // This process is no `hydra up`: its mark is one of a reused pid.
    await markRunning("/data", marks);
    await expect(refuseWhileRunning("x", marks)).resolves.toBeUndefined();
    await mkdir(join(dir, "run"));
    const up = startScript("bin/testing/lock-holder.ts", [dir, "bin/hydra.ts", "up"], {});
    await expect.poll(() => up.stdout()).toContain("held");
    await writeFile(join(marks, "1.json"), JSON.stringify({ pid: up.pid, dataDir: "/data" }));
    await expect(refuseWhileRunning("its dependencies have changed", marks)).rejects.toThrow(
      `Hydra runs from this checkout (process ${up.pid}, data in /data) and its dependencies have changed. Stop it first, then start again.`,
    );
    process.kill(up.pid, "SIGKILL");
    await up.ended;
    await expect(refuseWhileRunning("x", marks)).resolves.toBeUndefined();
  });
});
