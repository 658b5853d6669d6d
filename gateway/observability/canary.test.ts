import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sendRaw } from "#gateway/testing/refusal.ts";
import { createTestDatabase, type TestDatabase } from "#test/database.ts";
import { freePort } from "#test/free-port.ts";
import { caughtUp, makeCaller, makePublicService, type TestCaller } from "#test/gateway-factory.ts";
import { wallPrompt } from "#test/wall/script.ts";
import { startWall, type Wall } from "#test/wall/wall.ts";

let database: TestDatabase;
let wall: Wall;
let canary: TestCaller;
let dataDir: string;
let child: ChildProcess;
let port = 0;
let metricsPort = 0;
let output = "";

beforeAll(async () => {
  database = await createTestDatabase();
  wall = await startWall();
  canary = await makeCaller(database.db);
  await makePublicService(database.db, { name: "wall", endpoints: [wall.url] });
  dataDir = await mkdtemp(join(tmpdir(), "hydra-canary-"));
  child = spawn(process.execPath, ["gateway/main.ts"], {
    cwd: new URL("../..", import.meta.url),
    env: {
      ...process.env,
      DATABASE_URL: database.url,
      HYDRA_SECRET: "a secret that is long enough for tests",
      HYDRA_DATA_DIR: dataDir,
      HYDRA_GATEWAY_PORT: String(await freePort()),
      HYDRA_METRICS_PORT: String(await freePort()),
      HYDRA_LOG_LEVEL: "debug",
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  child.stdout?.on("data", (piece) => (output += piece));
  child.stderr?.on("data", (piece) => (output += piece));
  const deadline = Date.now() + 20_000;
  while (!output.includes("gateway listening") && child.exitCode === null && Date.now() < deadline) await sleep(20);
  const line = output.split("\n").find((text) => text.includes("gateway listening")) ?? output;
  if (!line.startsWith("{")) throw new Error(line);
  ({ port, metricsPort } = JSON.parse(line));
  await caughtUp(database.db);
});

afterAll(async () => {
  if (child.exitCode === null) child.kill("SIGKILL");
  await wall.close();
  await database.drop();
  await rm(dataDir, { recursive: true });
});

/** A request with whatever headers; resolves to all that was answered, head and body. */
function ask(path: string, headers: Record<string, string>, body?: unknown, method = body === undefined ? "GET" : "POST"): Promise<string> {
  return new Promise((resolve, reject) => {
    const typed = body === undefined ? headers : { "content-type": "application/json", ...headers };
    const outgoing = request({ host: "127.0.0.1", port, path, method, headers: typed }, async (response) => {
      let text = JSON.stringify(response.headers);
      for await (const piece of response) text += piece;
      resolve(text);
    });
    outgoing.on("error", reject).end(typeof body === "string" ? body : body === undefined ? undefined : JSON.stringify(body));
  });
}

/** Every way in which a key gets to a gateway, right ones and wrong ones. */
async function sendEverywhere(key: string): Promise<string[]> {
  const right = { authorization: `Bearer ${key}` };
  const chat = "/v1/chat/completions";
  const messages = [{ role: "user", content: "hello" }];
  const good = { model: "public/wall", messages };
  const said = (script: Parameters<typeof wallPrompt>[0]) => ({
    model: "public/wall",
    messages: [{ role: "user", content: wallPrompt(script) }],
  });
  return Promise.all([
    ask(chat, right, good),
    ask(chat, right, { ...good, stream: true }),
    ask("/v1/models", right),
    ask("/v1/key", right),
    ask("/v1/usage/req_none", right),
    // Where it does not belong.
    ask(`/v1/models?api_key=${key}`, {}),
    ask(`/v1/models/${key}`, right),
    ask(`/v1/usage/${key}`, right),
    ask(`/${key}`, right),
    ask(`/v1/${key}/chat/completions`, right, good),
    ask(chat, { "x-api-key": key, "api-key": key, cookie: `key=${key}` }, good),
    ask(chat, { authorization: key }, good),
    ask(chat, { authorization: `Basic ${key}` }, good),
    ask(chat, { authorization: `Bearer ${key} ${key}` }, good),
    ask(chat, { authorization: `Bearer ${key}x` }, good),
    ask(chat, { ...right, "content-type": `text/${key}` }, good),
    ask(chat, { ...right, "content-encoding": key }, good),
    ask(chat, { ...right, host: `${key.toLowerCase()}.example` }, good),
    ask(chat, { ...right, host: key }, good),
    ask(chat, { ...right, expect: key }, good),
    ask(chat, { ...right, "x-forwarded-for": key, "x-request-id": key, "user-agent": key, "x-hydra-receipt": key }, good),
    // Inside bodies that are refused.
    ask(chat, right, { ...good, model: key }),
    ask(chat, right, { ...good, model: `public/${key}` }),
    ask(chat, right, { ...good, [key]: 1 }),
    ask(chat, right, { ...good, temperature: key }),
    ask(chat, right, { ...good, stop: { [key]: 1 } }),
    ask(chat, right, { ...good, tool_choice: key }),
    ask(chat, right, { ...good, response_format: { type: key } }),
    ask(chat, right, { ...good, stream_options: { [key]: true } }),
    ask(chat, right, { ...good, messages: [{ role: key, content: "a" }] }),
    ask(chat, right, { ...good, messages: [{ role: "user", content: [{ type: key }] }] }),
    ask(chat, right, { ...good, messages: [{ role: "user", content: [{ type: "image_url", image_url: { url: `https://${key}` } }] }] }),
    ask(chat, right, { ...good, metadata: { [key]: 1 } }),
    ask(chat, right, `{"model": "${key}", "messages": [`),
    ask(chat, right, { ...good, user: `${key}\ud800` }),
    ask("/v1/embeddings", right, { model: key, input: "a" }),
    ask("/v1/images/generations", right, { model: "public/wall", prompt: "a", size: key }),
    ask(chat, right, undefined, "GET"),
    // An instance that repeats what it was told.
    ask(chat, right, said({ fault: "status", status: 400, message: `no such thing: ${key}` })),
    ask(chat, right, said({ fault: "status", status: 500, message: key })),
    ask(chat, right, said({ fault: "error_event", after: 1, message: key })),
    // What never becomes a request.
    sendRaw(
      port,
      `GET /v1/models HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${key}\r\nAuthorization: ${key}\r\nConnection: close\r\n\r\n`,
    ),
    sendRaw(port, `${key} ${key} HTTP/9\r\n\r\n`, 500),
    sendRaw(port, `GET http://${key}/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`),
    sendRaw(port, `GET / HTTP/1.1\r\nHost: localhost\r\n${key}\x01: a\r\n\r\n`, 500),
  ]);
}

async function everyRow(): Promise<string> {
  const tables = await database.db.$queryRaw<{ name: string }[]>`
    SELECT relname AS "name" FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'`;
  const rows = await Promise.all(
    tables.map(({ name }) => database.db.$queryRawUnsafe<{ row: string }[]>(`SELECT t::text AS "row" FROM "${name}" t`)),
  );
  expect(tables.length).toBeGreaterThan(15);
  return rows.flatMap((table) => table.map(({ row }) => row)).join("\n");
}

async function everyFile(): Promise<string> {
  const entries = await readdir(dataDir, { recursive: true, withFileTypes: true });
  const texts = await Promise.all(
    entries.filter((entry) => entry.isFile()).map((entry) => readFile(join(entry.parentPath, entry.name), "latin1")),
  );
  return texts.join("\n");
}

test("a key that is used in every way is in no log, error, figure, file or row", async () => {
  // One character changed: what looks like a key is a key that somebody mistyped.
  const mistyped = `${canary.key.slice(0, -1)}${canary.key.endsWith("0") ? "1" : "0"}`;
  for (const key of [canary.key, mistyped]) {
    const answers = await sendEverywhere(key);
    for (const answer of answers) expect(answer).not.toContain(key);
    expect(answers.filter((answer) => answer.includes('"error"')).length).toBeGreaterThan(30);
  }
  await expect
    .poll(() => database.db.usageRecord.count({ where: { keyId: canary.keyId, outcome: "completed" } }))
    .toBeGreaterThanOrEqual(3);
  const figures = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
  const files = await everyFile();
  child.kill("SIGTERM");
  await once(child, "exit");
  const places = { figures, files, rows: await everyRow(), log: output };
  // Each place is looked at where it has what it should: else finding nothing there would say nothing.
  expect(places.figures).toContain('hydra_refusals_total{code="invalid_api_key"}');
  expect(places.log.split('"msg":"request"').length).toBeGreaterThan(80);
  const lines = output
    .trimEnd()
    .split("\n")
    .map((line): Record<string, unknown> => JSON.parse(line));
  const call = {
    name: "gateway",
    msg: "request",
    method: "POST",
    route: "/v1/chat/completions",
    requestId: expect.stringMatching(/^req_/),
  };
  const ended = { ...call, level: 30, status: 200, model: "public/wall", outcome: "completed", outputTokens: expect.any(Number) };
  expect(lines).toContainEqual(expect.objectContaining({ ...ended, ms: expect.any(Number), firstTokenMs: expect.any(Number) }));
  expect(lines).toContainEqual(expect.objectContaining({ ...call, level: 30, status: 401, errorCode: "invalid_api_key" }));
  expect(lines).toContainEqual(expect.objectContaining({ ...call, level: 40, status: 502, err: expect.anything() }));
  expect(places.rows).toContain(canary.keyId);
  for (const [place, text] of Object.entries(places)) {
    for (const key of [canary.key, mistyped]) {
      // The random part alone, in any case, would do as well.
      expect(text.toLowerCase().includes(key.slice("sk-hy-".length + 4).toLowerCase()), place).toBe(false);
    }
  }
});
