import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { processStartTime } from "#lib/process-identity.ts";
import { startScript, type TemporaryDataDir, temporaryDataDir } from "../testing/hydra.ts";

let dir: TemporaryDataDir;

beforeEach(async () => {
  dir = await temporaryDataDir();
});

afterEach(() => dir.remove());

async function startRelay() {
  const journal = join(dir.path, "..", "journal");
  const parent = startScript("bin/testing/relay-parent.ts", [journal], {});
  const read = () => readFile(journal, "utf8").catch(() => "");
  await expect.poll(read, { timeout: 10_000 }).toContain("started");
  const child = Number(/started (\d+)/.exec(await read())?.[1]);
  return { parent, child, read };
}

describe("relay", () => {
  test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)("hands %s on and ends with the child's exit code", async (signal) => {
    const { parent, read } = await startRelay();
    process.kill(parent.pid, signal);
    expect((await parent.ended).code).toBe(3);
    expect(await read()).toContain(signal);
  });

  test("a child hears of its parent's kill -9", async () => {
    const { parent, child, read } = await startRelay();
    process.kill(parent.pid, "SIGKILL");
    await parent.ended;
    await expect.poll(read).toContain("disconnect");
    await expect.poll(() => processStartTime(child)).toBeNull();
  });

  test("a killed child is told with what to do, and its signal is in the exit code", async () => {
    const { parent, child } = await startRelay();
    process.kill(child, "SIGKILL");
    const { code, stderr } = await parent.ended;
    expect(code).toBe(137);
    expect(stderr).toContain("the next `npm start` takes it over");
  });

  test("leads a session of its own, so that a terminal's Ctrl-C reaches it only once", async () => {
    const { parent, child } = await startRelay();
    // Signalling the group -child succeeds only where the child leads one.
    process.kill(-child, "SIGTERM");
    expect((await parent.ended).code).toBe(3);
  });
});
