import { join } from "node:path";
import { cpuUs } from "../processes.ts";
import { runCommand } from "../run-command.ts";

/** Something that answers chat completions, and what it needs to be told. */
export interface Target {
  name: string;
  port: number;
  pid: number;
  headers: Record<string, string>;
  body: string;
}

export interface LoadResult {
  requestsPerSecond: number;
  p50Us: number;
  p99Us: number;
  /** Of the target's process. */
  cpuUsPerRequest: number;
}

/** Puts a target under full load. Throws where it fails a call: a figure with failures in it means nothing. */
export async function load(target: Target, connections: number, seconds: number): Promise<LoadResult> {
  const before = cpuUs(target.pid);
  const output = await runCommand(
    "wrk",
    [
      "-t1",
      `-c${connections}`,
      `-d${seconds}s`,
      "--timeout",
      "10s",
      "-s",
      join(import.meta.dirname, "chat.lua"),
      `http://127.0.0.1:${target.port}`,
    ],
    seconds + 20,
    {
      BENCH_BODY: target.body,
      BENCH_HEADERS: Object.entries(target.headers)
        .map(([name, value]) => `${name}: ${value}`)
        .join("\n"),
    },
  );
  const used = cpuUs(target.pid) - before;
  const line = /^RESULT (.*)$/m.exec(output)?.[1];
  if (!line) throw new Error(`wrk said nothing of ${target.name}: ${output}`);
  const { requests, us, p50, p99, failed } = JSON.parse(line) as Record<"requests" | "us" | "p50" | "p99" | "failed", number>;
  if (failed > 0 || requests === 0) throw new Error(`${target.name} failed ${failed} of ${requests} calls`);
  return { requestsPerSecond: (requests * 1e6) / us, p50Us: p50, p99Us: p99, cpuUsPerRequest: used / requests };
}
