import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes, timingSafeEqual } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { rootDir } from "#lib/config.ts";
import { parseServe, type ServeArguments, UsageError } from "../flags.ts";

/**
 * What runs in place of a vLLM container: takes its command line, listens on the pod's address and port, demands
 * `VLLM_API_KEY`, and has a real engine with the demo model behind it. `POD_IP` stands for the pod's network.
 */

const weights = join(rootDir, "models", "hydra-tiny", "tiny-chat.gguf");
const engineToken = randomBytes(24).toString("hex");
const dir = mkdtempSync(join(tmpdir(), "hydra-pod-"));
let running = 0;

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function startEngine({ servedName, contextLength, parallel }: ServeArguments): ChildProcess {
  const names = ["--instance", "pod", "--service", "pod", "--name", servedName, "--model", weights, "--state", join(dir, "state.json")];
  const size = ["--context", String(contextLength), "--parallel", String(parallel)];
  const env = { PATH: process.env.PATH ?? "", HYDRA_INSTANCE_TOKEN: engineToken, HYDRA_INSTANCE_NONCE: "pod" };
  return spawn(process.execPath, [join(rootDir, "engine", "main.ts"), ...names, ...size], {
    env: { ...env, NODE_ENV: "production" },
    stdio: ["ignore", "inherit", "inherit"],
  });
}

async function enginePort(): Promise<number> {
  for (;;) {
    const state = await readFile(join(dir, "state.json"), "utf8").catch(() => null);
    if (state) return (JSON.parse(state) as { port: number }).port;
    await sleep(20);
  }
}

function isAllowed(message: IncomingMessage): boolean {
  const key = process.env.VLLM_API_KEY ?? "";
  const given = /^Bearer (.+)$/.exec(message.headers.authorization ?? "")?.[1] ?? "";
  return key !== "" && given.length === key.length && timingSafeEqual(Buffer.from(given), Buffer.from(key));
}

function forward(message: IncomingMessage, response: ServerResponse, port: number): void {
  const headers = { ...message.headers, authorization: `Bearer ${engineToken}` };
  running += 1;
  response.once("close", () => {
    running -= 1;
    onward.destroy();
  });
  const onward = request({ host: "127.0.0.1", port, path: message.url, method: message.method, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
    answer.once("error", () => response.destroy());
  });
  onward.once("error", () => response.destroy());
  message.pipe(onward);
}

/** A node that dies takes its containers with it, engine and all. */
function endWithNode(): void {
  process.stdin.once("end", () => process.kill(-process.pid, "SIGKILL")).resume();
}

async function main(): Promise<void> {
  endWithNode();
  const serve = parseServe(process.argv.slice(2));
  say(`INFO vLLM API server, model ${serve.model}, tensor parallel size ${serve.tensorParallel}`);
  if (serve.model.startsWith("hydra-test/missing")) {
    say(`OSError: ${serve.model} is not a local folder and is not a valid model identifier`);
    process.exit(1);
  }
  const engine = startEngine(serve);
  engine.once("exit", (code) => process.exit(code ?? 1));
  let port: number | null = null;
  const server = createServer((message, response) => {
    const open = message.url === "/health" || message.url === "/metrics";
    if (port === null) return void response.writeHead(503).end();
    if (!open && !isAllowed(message)) return void response.writeHead(401).end('{"error":"Unauthorized"}');
    forward(message, response, port);
  });
  server.listen(serve.port, process.env.POD_IP);
  process.once("SIGTERM", async () => {
    say(`INFO shutting down, ${running} requests running`);
    server.close();
    const end = performance.now() + serve.shutdownSeconds * 1_000;
    while (running > 0 && performance.now() < end) await sleep(20);
    rmSync(dir, { recursive: true, force: true });
    engine.kill("SIGKILL");
    process.exit(0);
  });
  port = await enginePort();
  say("INFO Application startup complete.");
}

main().catch((error) => {
  say(error instanceof UsageError ? error.message : String(error?.stack ?? error));
  process.exit(error instanceof UsageError ? 2 : 1);
});
