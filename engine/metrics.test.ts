import { afterAll, beforeAll, expect, test } from "vitest";
import { ask, startEngine, type TestEngine } from "./testing/start-engine.ts";

let engine: TestEngine;
beforeAll(async () => {
  engine = await startEngine({ parallel: "2", queue: "3" });
});
afterAll(() => engine.stop());

async function readAll(): Promise<Record<string, number>> {
  const response = await engine.send("/metrics");
  expect(response.headers.get("content-type")).toContain("text/plain");
  const lines = (await response.text()).split("\n").filter((line) => line.startsWith("hydra_engine_"));
  return Object.fromEntries(lines.map((line) => [line.slice("hydra_engine_".length, line.indexOf(" ")), Number(line.split(" ")[1])]));
}

test("what was read and written is counted to the token", async () => {
  const before = await readAll();
  const body = ask("Say this is a test!", { temperature: 0, n: 2 });
  const { usage } = await (await engine.post("/v1/chat/completions", body)).json();
  const after = await readAll();
  const gained = (name: string) => (after[name] ?? 0) - (before[name] ?? 0);
  expect(gained("answers_total")).toBe(2);
  expect(gained("prompt_tokens_total")).toBe(2 * usage.prompt_tokens);
  expect(gained("completion_tokens_total")).toBe(usage.completion_tokens);
  expect(gained("prompt_seconds_total")).toBeGreaterThan(0);
  expect(gained("decode_seconds_total")).toBeGreaterThan(0);
  expect(after).toMatchObject({ ready: 1, requests_running: 0, requests_waiting: 0, context_use_ratio: 0 });
  expect(after.resident_memory_bytes).toBeGreaterThan(10_000_000);
});

test("the gauges show what runs, what waits and how full the context is", async () => {
  const leaving = new AbortController();
  const endless = ask("Tell me a story", { temperature: 0, frequency_penalty: -2 });
  const running = Array.from({ length: 4 }, () =>
    engine.post("/v1/chat/completions", endless, { signal: leaving.signal }).catch(() => null),
  );
  await expect.poll(readAll, { interval: 5 }).toMatchObject({ requests_running: 2, requests_waiting: 2 });
  await expect.poll(async () => (await readAll()).context_use_ratio, { interval: 5 }).toBeGreaterThan(0.05);
  leaving.abort();
  await Promise.all(running);
  await expect.poll(readAll, { interval: 5 }).toMatchObject({ requests_running: 0, requests_waiting: 0, context_use_ratio: 0 });
});

test("they are not for everybody", async () => {
  expect((await fetch(`${engine.url}/metrics`)).status).toBe(401);
});
