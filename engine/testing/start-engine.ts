import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { rootDir } from "#lib/config.ts";

export const weights = join(rootDir, "models/hydra-tiny/tiny-chat.gguf");
export const bearer = "test-bearer-of-one-instance";
export const nonce = "test-nonce";
export const modelName = "public/hydra-tiny";

export interface TestEngine {
  pid: number;
  url: string;
  state: Record<string, unknown>;
  child: ChildProcess;
  /** Everything that the process has written to standard output and error. */
  log(): string;
  /** Sends a request with the bearer. */
  send(path: string, init?: RequestInit): Promise<Response>;
  /** Posts a JSON body with the bearer. */
  post(path: string, body: unknown, init?: RequestInit): Promise<Response>;
  health(): Promise<{ status: string; slots: { total: number; busy: number; queued: number } }>;
  /** Ends the process, if it still runs, and removes its files. */
  stop(): Promise<void>;
}

interface Launch {
  child: ChildProcess;
  dir: string;
  log(): string;
  cleanUp(): Promise<void>;
}

/** Starts an engine process as the local driver does: flags, secrets in the environment, a log file. */
export async function launchEngine(flags: Record<string, string> = {}, env: Record<string, string> = {}): Promise<Launch> {
  const dir = await mkdtemp(join(tmpdir(), "hydra-engine-"));
  const logFile = join(dir, "engine.log");
  const descriptor = openSync(logFile, "a");
  const defaults = { instance: "ins_test", service: "svc_test", model: weights, name: modelName, context: "1024", parallel: "8" };
  const all = Object.entries({ ...defaults, state: join(dir, "state.json"), ...flags });
  const child = spawn(process.execPath, [join(rootDir, "engine/main.ts"), ...all.flatMap(([name, value]) => [`--${name}`, value])], {
    stdio: ["ignore", descriptor, descriptor],
    env: { NODE_ENV: "test", HYDRA_INSTANCE_TOKEN: bearer, HYDRA_INSTANCE_NONCE: nonce, ...env },
  });
  closeSync(descriptor);
  return {
    child,
    dir,
    log: () => readFileSync(logFile, "utf8"),
    async cleanUp() {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill("SIGKILL");
        await once(child, "exit");
      }
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** Starts an engine and waits until its weights are loaded. */
export async function startEngine(flags: Record<string, string> = {}): Promise<TestEngine> {
  const launch = await launchEngine(flags);
  const stateFile = join(launch.dir, "state.json");
  await until(() => existsSync(stateFile), launch);
  const state: Record<string, unknown> = JSON.parse(readFileSync(stateFile, "utf8"));
  const url = `http://127.0.0.1:${state.port}`;
  const send = (path: string, init: RequestInit = {}) =>
    fetch(url + path, { ...init, headers: { authorization: `Bearer ${bearer}`, ...init.headers } });
  await until(async () => (await fetch(`${url}/health`)).status === 200, launch);
  return {
    pid: Number(state.pid),
    url,
    state,
    child: launch.child,
    log: launch.log,
    send,
    post: (path, body, init = {}) => send(path, { method: "POST", body: JSON.stringify(body), ...init }),
    health: async () => (await send("/health")).json(),
    stop: launch.cleanUp,
  };
}

async function until(isTrue: () => boolean | Promise<boolean>, launch: Launch): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await isTrue())) {
    if (launch.child.exitCode !== null || Date.now() > deadline) throw new Error(`the engine did not start:\n${launch.log()}`);
    await sleep(10);
  }
}

/** The events of a stream, each as the text after `data: `, in the order and the pieces in which they came. */
export async function* readEvents(response: Response): AsyncGenerator<string> {
  if (!response.body) throw new Error("no body");
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let text = "";
  for await (const bytes of response.body) {
    text += decoder.decode(bytes, { stream: true });
    const events = text.split("\n\n");
    text = events.pop() ?? "";
    for (const event of events) yield event.replace(/^data: /, "");
  }
  if (text !== "") throw new Error(`the stream ended inside an event: ${text}`);
}

export interface Chunk {
  choices: { index: number; delta: ChunkDelta; finish_reason: string | null; text?: string }[];
  usage?: { prompt_tokens: number; completion_tokens: number; total_tokens: number } | null;
  error?: { code: string; message: string };
}

export interface ChunkDelta {
  role?: string;
  content?: string;
  reasoning_content?: string;
  tool_calls?: { index: number; id?: string; function: { name?: string; arguments: string } }[];
}

/** All events of a stream, the last one apart. */
export async function collect(response: Response): Promise<{ chunks: Chunk[]; last: string; text: string }> {
  const events: string[] = [];
  for await (const event of readEvents(response)) events.push(event);
  const last = events.at(-1) ?? "";
  const chunks: Chunk[] = (last === "[DONE]" ? events.slice(0, -1) : events).map((event) => JSON.parse(event));
  return { chunks, last, text: chunks.map((chunk) => chunk.choices?.[0]?.delta?.content ?? "").join("") };
}

/** A chat request with one question. */
export function ask(content: string, more: object = {}): object {
  return { model: modelName, messages: [{ role: "user", content }], ...more };
}
