import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "#test/database.ts";
import { makeCaller, makePublicService, type TestCaller } from "#test/gateway-factory.ts";
import { wallPrompt } from "#test/wall/script.ts";
import { startWall, type Wall } from "#test/wall/wall.ts";
import { readEvents } from "./testing/harness.ts";

let database: TestDatabase;
let wall: Wall;
let caller: TestCaller;
const children: ChildProcess[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  wall = await startWall();
  caller = await makeCaller(database.db);
  await makePublicService(database.db, { name: "wall", endpoints: [wall.url] });
});
afterAll(async () => {
  for (const child of children) if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
  await wall.close();
  await database.drop();
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

async function startGateway(port: number): Promise<{ child: ChildProcess; output: () => string; exit: Promise<number | null> }> {
  const child = spawn(process.execPath, ["gateway/main.ts"], {
    cwd: new URL("..", import.meta.url),
    env: {
      ...process.env,
      DATABASE_URL: database.url,
      HYDRA_SECRET: "a secret that is long enough for tests",
      HYDRA_GATEWAY_PORT: String(port),
      HYDRA_BIND: "127.0.0.1",
      HYDRA_LOG_LEVEL: "info",
      HYDRA_LOG_FORMAT: "json",
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  children.push(child);
  let text = "";
  child.stdout?.on("data", (piece) => (text += piece));
  child.stderr?.on("data", (piece) => (text += piece));
  const exit = once(child, "exit").then(([code]) => code as number | null);
  const ready = async () =>
    (await fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(500) }).catch(() => null))?.status ?? 0;
  await expect.poll(async () => child.exitCode !== null || (await ready()) === 200, { timeout: 20_000 }).toBe(true);
  return { child, output: () => text, exit };
}

function ask(port: number, script: Parameters<typeof wallPrompt>[0]): Promise<Response> {
  return fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${caller.key}` },
    body: JSON.stringify({ model: "public/wall", stream: true, messages: [{ role: "user", content: wallPrompt(script) }] }),
  });
}

test("SIGTERM: not ready, new calls refused, running streams finish, usage is written, exit 0", async () => {
  const port = await freePort();
  const { child, output, exit } = await startGateway(port);
  const streams = await Promise.all(Array.from({ length: 8 }, () => ask(port, { tokens: 60, delayMs: 20 })));
  child.kill("SIGTERM");
  await expect.poll(async () => (await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(503);
  const late = await ask(port, {});
  expect([late.status, (await late.json()).error.code]).toEqual([503, "shutting_down"]);
  for (const stream of streams) expect(readEvents(await stream.text()).data.at(-1)).toBe("[DONE]");
  expect(await exit).toBe(0);
  const ids = streams.map((stream) => stream.headers.get("x-request-id") ?? "");
  const rows = await database.db.usageRecord.findMany({ where: { requestId: { in: ids } } });
  expect(rows.map((row) => [row.outcome, row.outputTokens])).toEqual(ids.map(() => ["completed", 60]));
  const lines = output()
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(lines.filter((line) => line.msg === "request" && line.status === 200 && line.model === "public/wall")).toHaveLength(8);
  expect(output()).not.toContain(caller.key);
  expect(output()).not.toContain("wall: ");
});

test("1: an instance that is killed in mid-stream ends the stream with an error, and what it emitted is charged", async () => {
  const victim = spawn(process.execPath, ["test/wall/main.ts"], {
    cwd: new URL("..", import.meta.url),
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(victim);
  const [line] = await once(victim.stdout, "data");
  await makePublicService(database.db, { name: "mortal", endpoints: [String(line).trim()] });
  const port = await freePort();
  const { child, exit } = await startGateway(port);
  const response = await fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${caller.key}` },
    body: JSON.stringify({
      model: "public/mortal",
      stream: true,
      messages: [{ role: "user", content: wallPrompt({ tokens: 60, fault: "stall", after: 40 }) }],
    }),
  });
  let text = "";
  for await (const piece of response.body as ReadableStream<Uint8Array>) {
    text += Buffer.from(piece).toString();
    if (text.includes('"t40 "')) victim.kill("SIGKILL");
  }
  expect(text).toContain("upstream_stream_interrupted");
  expect(text).not.toContain("[DONE]");
  child.kill("SIGTERM");
  expect(await exit).toBe(0);
  const row = await database.db.usageRecord.findUniqueOrThrow({ where: { requestId: response.headers.get("x-request-id") ?? "" } });
  expect(row).toMatchObject({ outcome: "upstream_error", outputTokens: 40, errorCode: "upstream_stream_interrupted" });
  expect(row.chargeNano).toBeGreaterThan(0n);
});

test("a taken port is one clear sentence and exit 1", async () => {
  const blocker = createServer().listen(0, "127.0.0.1");
  await once(blocker, "listening");
  const address = blocker.address();
  const { output, exit } = await startGateway(typeof address === "object" && address ? address.port : 0);
  expect(await exit).toBe(1);
  expect(output().trim()).toBe("gateway: HYDRA_GATEWAY_PORT: that port is taken; set another one");
  blocker.close();
});
