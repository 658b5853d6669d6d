import { spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { runCommand } from "../run-command.ts";

/** What the load program counted; times in microseconds. */
export interface ClientReport {
  connections: number;
  ended: number;
  errors: number;
  events: number;
  samples: number;
  p50: number;
  p99: number;
  us: number;
}

export interface ClientOptions {
  /** Path of the compiled program. */
  program: string;
  port: number;
  connections: number;
  /** File with the request's bytes. */
  requestFile: string;
  seconds: number;
}

/** One stream on each connection, until all have ended. */
export async function runStreams(options: ClientOptions): Promise<ClientReport> {
  return JSON.parse(await runCommand(options.program, argumentsOf("streams", options), options.seconds + 10));
}

/** So many requests a second, however long the answers take; latency counts from the moment at which a request was due. */
export async function runRate(options: ClientOptions, rate: number): Promise<ClientReport> {
  return JSON.parse(await runCommand(options.program, [...argumentsOf("rate", options), String(rate)], options.seconds + 10));
}

export interface HeldStreams {
  report: ClientReport;
  /** Lets go of them. */
  end(): Promise<void>;
}

/** Opens streams and keeps them open. */
export async function holdStreams(options: ClientOptions): Promise<HeldStreams> {
  const child = spawn(options.program, argumentsOf("idle", options), { stdio: ["pipe", "pipe", "inherit"] });
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const timer = setTimeout(() => child.kill("SIGKILL"), (options.seconds + 60) * 1_000);
  const lines = createInterface(child.stdout);
  const line = await Promise.race([new Promise<string>((resolve) => lines.once("line", resolve)), gone.then(() => "")]);
  if (!line) throw new Error("the load program ended before it held its streams");
  return {
    report: JSON.parse(line),
    async end() {
      child.stdin.end();
      await gone;
      clearTimeout(timer);
    },
  };
}

export async function writeRequest(path: string, text: string): Promise<string> {
  await writeFile(path, text);
  return path;
}

function argumentsOf(mode: string, { port, connections, requestFile, seconds }: ClientOptions): string[] {
  return [mode, String(port), String(connections), requestFile, String(seconds)];
}
