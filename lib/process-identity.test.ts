import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { parseProcStat, parsePs, processStartTime } from "#lib/process-identity.ts";

const tail = "1 2 3 0 -1 4194560 9 8 7 6 5 4 3 2 20 0 1 0 987654 111 222";

test("the same process keeps its start, another has another", async () => {
  const child = spawn(process.execPath, ["-e", "setTimeout(() => {}, 60_000)"]);
  await once(child, "spawn");
  const pid = child.pid ?? 0;
  const start = await processStartTime(pid);
  expect(start).toBeTruthy();
  expect(await processStartTime(pid)).toBe(start);
  expect(await processStartTime(process.pid)).not.toBe(start);
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(await processStartTime(pid)).toBeNull();
});

test.runIf(process.platform === "linux")("a zombie counts as gone", async () => {
  // The child ends after the shell, which would collect it, has become a sleep, which does not.
  const parent = spawn("sh", ["-c", "sleep 0.3 & echo $!; exec sleep 60"]);
  const [line] = await once(parent.stdout, "data");
  const pid = Number(String(line).trim());
  await expect.poll(() => readFile(`/proc/${pid}/stat`, "utf8")).toContain(") Z ");
  expect(await processStartTime(pid)).toBeNull();
  parent.kill("SIGKILL");
  await once(parent, "exit");
});

test("no process has these pids", async () => {
  for (const pid of [0, -1, 1.5, Number.NaN, 2 ** 40]) expect(await processStartTime(pid)).toBeNull();
});

test("a name with brackets and spaces does not shift the fields", () => {
  expect(parseProcStat(`42 (a b) Z (c) S ${tail}`)).toBe("987654");
  expect(parseProcStat(`42 (node) Z ${tail}`)).toBeNull();
  expect(parseProcStat("")).toBeNull();
});

test("lines of ps", () => {
  expect(parsePs("Ss   Mon Nov 20 10:41:00 2026\n")).toBe("Mon Nov 20 10:41:00 2026");
  expect(parsePs("Z+   Mon Nov 20 10:41:00 2026\n")).toBeNull();
  expect(parsePs("\n")).toBeNull();
});
