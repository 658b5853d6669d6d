import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { onMeasured } from "./processors.ts";

/** A process of ours; `stop` ends it, and only it. */
export interface Running {
  pid: number;
  port: number;
  stop(): Promise<void>;
}

export interface StartOptions {
  command: string;
  args: string[];
  port: number;
  cwd?: string;
  env?: Record<string, string>;
  /** Whether it is what is measured. */
  measured?: boolean;
}

const startMs = 20_000;
const stopMs = 15_000;

/** Starts a process and waits until its port answers. Throws with its last words where it does not. */
export async function start({ command, args, port, cwd, env, measured = false }: StartOptions): Promise<Running> {
  const line = measured ? onMeasured(command, args) : { command, args };
  const child = spawn(line.command, line.args, {
    ...(cwd ? { cwd } : {}),
    env: { ...process.env, ...env },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let words = "";
  child.stderr.on("data", (piece) => {
    words = (words + piece).slice(-2_000);
  });
  child.on("error", (error) => {
    words += error.message;
  });
  const deadline = Date.now() + startMs;
  while (!(await answers(port))) {
    if (child.exitCode !== null || child.pid === undefined || Date.now() > deadline) {
      child.kill("SIGKILL");
      throw new Error(`${command} did not start on port ${port}: ${words}`);
    }
    await sleep(50);
  }
  return { pid: child.pid as number, port, stop: () => stop(child) };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), stopMs);
  await gone;
  clearTimeout(timer);
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("close", () => socket.destroy());
    socket.setTimeout(1_000, () => socket.destroy());
    socket.once("connect", () => socket.destroy());
  });
}

/** Processor time that a process has used since its start, in microseconds; from /proc, in steps of 10 ms. */
export function cpuUs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

/** Memory that a process holds, now and at most, in MiB. */
export function memoryMib(pid: number): { now: number; peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const kib = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? 0);
  return { now: kib("VmRSS") / 1024, peak: kib("VmHWM") / 1024 };
}
