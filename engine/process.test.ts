import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import { processStartTime } from "#lib/process-identity.ts";
import { ask, collect, launchEngine, nonce, readEvents, startEngine, type TestEngine, weights } from "./testing/start-engine.ts";

const cleanUps: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

async function start(flags: Record<string, string> = {}): Promise<TestEngine> {
  const engine = await startEngine(flags);
  cleanUps.push(engine.stop);
  return engine;
}

/** Starts an engine that is meant to fail; gives what it said. */
async function failure(flags: Record<string, string>, env: Record<string, string> = {}): Promise<{ code: number; log: string }> {
  const launch = await launchEngine(flags, env);
  cleanUps.push(launch.cleanUp);
  const [code] = await once(launch.child, "exit");
  return { code, log: launch.log() };
}

/** The events of a stream and when they came. */
async function timed(response: Response): Promise<{ text: string; atMs: number }[]> {
  const events: { text: string; atMs: number }[] = [];
  for await (const text of readEvents(response)) events.push({ text, atMs: Date.now() });
  return events;
}

const endless = { temperature: 0, frequency_penalty: -2, stream: true };

test("the state file says which process listens where", async () => {
  const engine = await start();
  expect(engine.state).toEqual({
    pid: engine.child.pid,
    startedAt: await processStartTime(engine.pid),
    port: Number(new URL(engine.url).port),
    nonce,
    instanceId: "ins_test",
    serviceId: "svc_test",
  });
});

test("SIGTERM lets a stream finish, refuses new work and exits with 0", async () => {
  const engine = await start();
  // Two connections that are kept alive must not hold the process.
  await Promise.all([engine.health(), engine.health()]);
  const events = readEvents(await engine.post("/v1/chat/completions", ask("Tell me a story", endless)));
  await events.next();
  const exited = once(engine.child, "exit");
  engine.child.kill("SIGTERM");
  await expect.poll(() => fetch(`${engine.url}/health`).catch(() => "refused"), { interval: 5 }).toBe("refused");
  let last: string | undefined;
  let count = 0;
  for await (const event of events) {
    last = event;
    count++;
  }
  expect(last).toBe("[DONE]");
  expect(count).toBeGreaterThan(1000);
  const ended = Date.now();
  expect(await exited).toEqual([0, null]);
  expect(Date.now() - ended).toBeLessThan(2000);
});

test("SIGTERM on an idle engine exits with 0 at once", async () => {
  const engine = await start();
  const started = Date.now();
  engine.child.kill("SIGTERM");
  expect(await once(engine.child, "exit")).toEqual([0, null]);
  expect(Date.now() - started).toBeLessThan(2000);
});

test("what outlasts the drain ends with an error event and no [DONE]", async () => {
  // A large context and many slots make the answers last.
  const engine = await start({ context: "65536", parallel: "2", drain: "0.5" });
  const responses = await Promise.all([1, 2].map(() => engine.post("/v1/chat/completions", ask("Tell me a story", endless))));
  const whole = engine.post("/v1/chat/completions", ask("Tell me a story", { ...endless, stream: false }));
  await expect.poll(async () => (await engine.health()).slots.queued, { interval: 5 }).toBe(1);
  const streams = responses.map(timed);
  const started = Date.now();
  engine.child.kill("SIGTERM");
  const exit = await once(engine.child, "exit");
  const tookMs = Date.now() - started;
  expect(exit).toEqual([0, null]);
  expect(tookMs).toBeGreaterThan(490);
  expect(tookMs).toBeLessThan(5_000);
  for (const events of await Promise.all(streams)) {
    const [token, last] = events.slice(-2);
    expect(JSON.parse(last?.text ?? "").error).toMatchObject({ type: "server_error", code: "shutting_down" });
    // They went on while there was time.
    expect(JSON.parse(token?.text ?? "").choices[0].delta.content).toBeTypeOf("string");
    expect((token?.atMs ?? 0) - started).toBeGreaterThan(300);
  }
  expect(
    engine
      .log()
      .trim()
      .split("\n")
      .every((line) => line.startsWith("{")),
  ).toBe(true);
  const refused = await whole;
  expect(refused.status).toBe(503);
  expect((await refused.json()).error.code).toBe("shutting_down");
});

test("it ends in order while the native code is deep in a long prompt", async () => {
  const engine = await start({ context: "65536", parallel: "1", drain: "0" });
  const answer = engine.post("/v1/chat/completions", ask("hello ".repeat(20_000)));
  await expect.poll(async () => (await engine.health()).slots.busy, { interval: 5 }).toBe(1);
  await sleep(200);
  engine.child.kill("SIGTERM");
  expect(await once(engine.child, "exit")).toEqual([0, null]);
  expect((await answer).status).toBe(503);
});

test("a second SIGTERM ends it at once", async () => {
  const engine = await start({ context: "65536", parallel: "1" });
  const response = await engine.post("/v1/chat/completions", ask("Tell me a story", endless));
  const broken = collect(response).catch((error: Error) => error.name);
  engine.child.kill("SIGTERM");
  await expect.poll(() => engine.log(), { interval: 5 }).toContain("stopping");
  const started = Date.now();
  engine.child.kill("SIGTERM");
  expect(await once(engine.child, "exit")).toEqual([null, "SIGTERM"]);
  expect(Date.now() - started).toBeLessThan(500);
  await broken;
});

test.runIf(process.platform === "linux")("an idle engine uses no CPU", async () => {
  const engine = await start();
  await collect(await engine.post("/v1/chat/completions", ask("Hello", { stream: true })));
  await sleep(300);
  const before = await cpuTicks(engine.pid);
  await sleep(1000);
  expect((await cpuTicks(engine.pid)) - before).toBeLessThanOrEqual(1);
});

/** User and system time of a process, in ticks of 10 ms. */
async function cpuTicks(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return Number(fields[11]) + Number(fields[12]);
}

test("missing weights: one line that says which, and exit code 1", async () => {
  const { code, log } = await failure({ model: "/nowhere/at-all.gguf" });
  expect(code).toBe(1);
  expect(log).toBe("engine: weights file not found: /nowhere/at-all.gguf\n");
});

test("weights that are none, or cut short: one line on standard error, and exit code 1", async () => {
  const dir = await mkdtemp(join(tmpdir(), "hydra-weights-"));
  cleanUps.push(() => rm(dir, { recursive: true }));
  const text = join(dir, "text.gguf");
  await writeFile(text, "These are not weights.");
  expect(await failure({ model: text })).toEqual({ code: 1, log: `engine: not a readable GGUF file: ${text}\n` });
  expect(await failure({ model: dir })).toEqual({ code: 1, log: `engine: weights file cannot be read (EISDIR): ${dir}\n` });
  const cut = join(dir, "cut.gguf");
  const whole = await readFile(weights);
  await writeFile(cut, whole.subarray(0, 1000));
  expect(await failure({ model: cut })).toEqual({ code: 1, log: `engine: not a readable GGUF file: ${cut}\n` });
  for (const bytes of [100_000, whole.length - 1]) {
    await writeFile(cut, whole.subarray(0, bytes));
    const said = `weights file is cut short (${bytes} of ${whole.length} bytes): ${cut}`;
    expect(await failure({ model: cut })).toEqual({ code: 1, log: `engine: ${said}\n` });
  }
});

test("weights of a kind that llama.cpp does not know end the process, and its reason is kept", async () => {
  const dir = await mkdtemp(join(tmpdir(), "hydra-weights-"));
  cleanUps.push(() => rm(dir, { recursive: true }));
  const strange = join(dir, "strange.gguf");
  const bytes = await readFile(weights);
  bytes.write("lemur", bytes.indexOf("llama", bytes.indexOf("general.architecture")), "latin1");
  await writeFile(strange, bytes);
  const { code, log } = await failure({ model: strange, state: join(dir, "state.json") });
  expect(code).not.toBe(0);
  expect(log).toContain(join(dir, "native.log"));
  expect(await readFile(join(dir, "native.log"), "utf8")).toContain("unknown model architecture");
});

test.each([
  [{ context: "0" }, {}, "--context"],
  [{ parallel: "many" }, {}, "--parallel"],
  [{ model: "relative.gguf" }, {}, "--model"],
  [{ colour: "blue" }, {}, "--colour"],
  [{}, { HYDRA_INSTANCE_TOKEN: "" }, "HYDRA_INSTANCE_TOKEN"],
  [{}, { HYDRA_INSTANCE_TOKEN: "short" }, "HYDRA_INSTANCE_TOKEN"],
  [{}, { HYDRA_INSTANCE_NONCE: "" }, "HYDRA_INSTANCE_NONCE"],
])("a wrong start says which flag or variable: %j %j", async (flags: Record<string, string>, env: Record<string, string>, name) => {
  const { code, log } = await failure(flags, env);
  expect(code).toBe(1);
  expect(log).toContain(name);
  expect(log.trim().split("\n")).toHaveLength(1);
});
