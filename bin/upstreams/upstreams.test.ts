import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer } from "node:tls";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { rootDir } from "#lib/config.ts";
import { listModels } from "#lib/services/models/list.ts";
import { visitor } from "#lib/services/test-context.ts";
import { selfSigned } from "#test/certificate.ts";
import { createTestDatabase, type TestDatabase } from "#test/database.ts";
import { freePort } from "#test/free-port.ts";
import { caughtUp, makeCaller, type TestCaller } from "#test/gateway-factory.ts";
import { wallPrompt } from "#test/wall/script.ts";
import { startWall, type Wall } from "#test/wall/wall.ts";
import { cleanEnv } from "../testing/hydra.ts";

const first = "sk-canary-first/4f7c1b";
const second = "sk-canary-second+9d2e06";
const slug = "deepseek-r1";

let database: TestDatabase;
let caller: TestCaller;
let wall: Wall;
let url: string;
let dataDir: string;
let env: NodeJS.ProcessEnv;
let id = "";
let output = "";
const running: ChildProcess[] = [];
const closing: (() => unknown)[] = [];

/** The wall behind TLS, whose certificate only those trust who are told to. */
async function startTlsFront(target: () => number): Promise<{ url: string; cert: string }> {
  const { key, cert } = selfSigned();
  const server = createServer({ key, cert }, (near) => {
    const far = connect({ host: "127.0.0.1", port: target() });
    near.pipe(far).pipe(near);
    near.on("error", () => far.destroy());
    far.on("error", () => near.destroy()).on("close", () => near.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closing.push(() => server.close());
  return { url: `https://localhost:${(server.address() as AddressInfo).port}/api/v1`, cert };
}

beforeAll(async () => {
  database = await createTestDatabase();
  await database.db.serviceEvent.deleteMany();
  await database.db.modelService.deleteMany();
  caller = await makeCaller(database.db);
  await openWall(0, first);
  const front = await startTlsFront(() => Number(new URL(wall.url).port));
  url = front.url;
  dataDir = await mkdtemp(join(tmpdir(), "hydra upstreams "));
  await writeFile(join(dataDir, "ca.pem"), front.cert);
  env = cleanEnv({
    DATABASE_URL: database.url,
    HYDRA_SECRET: "a secret that is long enough for tests",
    HYDRA_DATA_DIR: dataDir,
    HYDRA_GATEWAY_PORT: String(await freePort()),
    HYDRA_METRICS_PORT: String(await freePort()),
    HYDRA_LOG_LEVEL: "debug",
    NODE_EXTRA_CA_CERTS: join(dataDir, "ca.pem"),
  });
  for (const program of ["deployer/main.ts", "gateway/main.ts"]) start(program);
  for (const said of ["deployer started", "gateway listening"]) {
    await vi.waitFor(() => expect(output).toContain(said), { timeout: 20_000, interval: 20 });
  }
});

afterAll(async () => {
  for (const child of running) if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
  for (const close of closing) close();
  await wall.close();
  await database.drop();
  await rm(dataDir, { recursive: true, force: true });
});

async function openWall(port: number, key: string): Promise<void> {
  wall = await startWall({ port });
  Object.assign(wall.access, { key, models: ["deepseek-reasoner"] });
}

function start(program: string): ChildProcess {
  const child = spawn(process.execPath, [join(rootDir, program)], { cwd: rootDir, env, stdio: ["ignore", "pipe", "pipe"] });
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  running.push(child);
  return child;
}

/** The `hydra` command with something on its standard input; what it prints is looked through at the end. */
async function hydra(args: string[], stdin = ""): Promise<{ code: number | null; text: string }> {
  const child = spawn(process.execPath, [join(rootDir, "bin/hydra.ts"), ...args], { cwd: rootDir, env, stdio: ["pipe", "pipe", "pipe"] });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (piece: string) => {
      text += piece;
    });
  }
  child.stdin.on("error", () => {}).end(stdin);
  const [code] = await once(child, "close");
  output += text;
  return { code, text };
}

const add = (more: string[], stdin = "") =>
  hydra(["upstreams", "add", "--model", slug, "--url", url, "--upstream-model", "deepseek-reasoner", ...more], stdin);
const service = () => database.db.modelService.findFirstOrThrow({ where: { name: slug, deletedAt: null }, include: { instances: true } });

async function chat(content = "hello"): Promise<{ status: number; text: string }> {
  const response = await fetch(`http://127.0.0.1:${env.HYDRA_GATEWAY_PORT}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${caller.key}` },
    body: JSON.stringify({ model: `public/${slug}`, messages: [{ role: "user", content }] }),
  });
  const text = await response.text();
  output += text;
  return { status: response.status, text };
}

async function becomes(state: object, timeout = 20_000): Promise<void> {
  await expect.poll(service, { timeout, interval: 50 }).toMatchObject(state);
  await caughtUp(database.db);
}

// One after the other: the life of one endpoint.
const timeout = 90_000;

test("added with its credential on standard input, never as an argument, it is called", { timeout }, async () => {
  expect(await add(["--credential", first])).toMatchObject({ code: 2, text: expect.stringContaining("Unknown option '--credential'") });
  const added = await add(["--credential-stdin", "--max-concurrency", "8"], `${first}\n`);
  expect(added).toMatchObject({
    code: 0,
    text: expect.stringMatching(/^Added (ups_\w+): https:.* to public\/deepseek-r1, which is new\.\n`hydra upstreams test \1` asks .*\n$/),
  });
  id = /ups_\w+/.exec(added.text)?.[0] ?? "";
  await becomes({ state: "running", reason: "", instances: [{ state: "ready", endpoint: url, upstreamEndpointId: id }] });
  expect(await chat()).toMatchObject({ status: 200 });
  expect(wall.call()).toMatchObject({ path: "/api/v1/chat/completions", authorization: `Bearer ${first}` });
  // A careless endpoint repeats what it was shown.
  expect(await chat(wallPrompt({ fault: "status", status: 401, message: first }))).toMatchObject({ status: 502 });
  expect(await chat(wallPrompt({ fault: "error_event", message: first }))).toMatchObject({ status: 502 });
  expect(await hydra(["upstreams", "test"])).toMatchObject({ code: 0, text: expect.stringContaining("well, ") });
  expect((await hydra(["upstreams", "list"])).text).toMatch(
    /ups_.*public\/deepseek-r1.*at most 8 calls at once, with a credential {2}ready/,
  );
  const { items } = await listModels({ ctx: visitor(database.db) });
  expect(items.find((item) => item.slug === slug)).toMatchObject({ tryUnavailable: null });
});

test("its owner takes the key back; another one is given, and everything goes on without a restart", { timeout }, async () => {
  wall.access.key = second;
  await becomes({ state: "failed", reason: "upstream_unauthorized" });
  expect(await chat()).toMatchObject({ status: 503 });
  expect(await hydra(["upstreams", "test", id])).toMatchObject({
    code: 1,
    text: expect.stringContaining("upstream_unauthorized: it refuses the credential"),
  });
  await writeFile(join(dataDir, "given"), second);
  expect(await add(["--credential-file", join(dataDir, "given")])).toMatchObject({
    code: 0,
    text: expect.stringContaining(`Changed ${id}`),
  });
  await rm(join(dataDir, "given"));
  await becomes({ state: "running" });
  expect(await chat()).toMatchObject({ status: 200 });
  expect(wall.call().authorization).toBe(`Bearer ${second}`);
});

test("without the model, or down for a while, it is told so, and comes back within its wait", { timeout }, async () => {
  wall.access.models = ["something else"];
  await becomes({ state: "failed", reason: "upstream_model_missing", reasonData: { model: "deepseek-reasoner" } });
  wall.access.models = ["deepseek-reasoner"];
  await becomes({ state: "running" });

  const { port } = new URL(wall.url);
  await wall.close();
  await becomes({ state: "failed", reason: "upstream_unreachable" }, 30_000);
  const { retryInSeconds } = (await service()).reasonData as { retryInSeconds: number };
  await openWall(Number(port), second);
  const backAt = performance.now();
  await becomes({ state: "running" });
  expect(performance.now() - backAt).toBeLessThan(1_000 * retryInSeconds + 10_000);
  expect(await chat()).toMatchObject({ status: 200 });
});

test("removed, it gets no call; and its credential was nowhere in all that", { timeout }, async () => {
  expect(await hydra(["upstreams", "remove", id])).toMatchObject({ code: 0 });
  expect(await chat()).toMatchObject({ status: 503 });
  await becomes({ state: "stopped", instances: expect.arrayContaining([expect.objectContaining({ state: "stopped" })]) });
  expect(running.every((child) => child.exitCode === null)).toBe(true);
  await expectNoCanary();
});

async function expectNoCanary(): Promise<void> {
  const figures = await (await fetch(`http://127.0.0.1:${env.HYDRA_METRICS_PORT}/metrics`)).text();
  for (const child of running) child.kill("SIGTERM");
  await Promise.all(running.map((child) => (child.exitCode === null ? once(child, "exit") : null)));
  const places = { output, figures, rows: await everyRow(), files: await everyFile() };
  // Each place is looked at where it has what it should: else finding nothing there would say nothing.
  expect(output).toMatch(/instance answered 401: .*\[redacted\]/);
  expect(output).toMatch(/error event: .*\[redacted\]/);
  expect(output).toContain('"reason":"upstream_unauthorized"');
  expect(places.rows).toContain("deepseek-reasoner");
  expect(figures).toContain("hydra_");
  for (const [place, text] of Object.entries(places)) {
    for (const credential of [first, second]) {
      const bytes = Buffer.from(credential);
      const forms = [credential, credential.slice(3), bytes.toString("hex"), bytes.toString("base64").slice(0, 24)];
      for (const form of forms) expect(text.includes(form), `${place} holds ${form}`).toBe(false);
    }
  }
}

async function everyRow(): Promise<string> {
  const tables = await database.db.$queryRaw<{ name: string }[]>`
    SELECT relname AS "name" FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'`;
  const rows = await Promise.all(
    tables.map(({ name }) => database.db.$queryRawUnsafe<{ row: string }[]>(`SELECT t::text AS "row" FROM "${name}" t`)),
  );
  return rows.flatMap((table) => table.map(({ row }) => row)).join("\n");
}

async function everyFile(): Promise<string> {
  const entries = await readdir(dataDir, { recursive: true, withFileTypes: true });
  const texts = await Promise.all(
    entries.filter((entry) => entry.isFile()).map((entry) => readFile(join(entry.parentPath, entry.name), "latin1")),
  );
  return texts.join("\n");
}
