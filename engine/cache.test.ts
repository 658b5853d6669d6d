import { readdirSync, readlinkSync } from "node:fs";
import { afterEach, expect, test } from "vitest";
import { modelName, startEngine, type TestEngine } from "./testing/start-engine.ts";

let engine: TestEngine;
afterEach(() => engine.stop());

const first = { role: "user", content: "Tell me a story about a fox, and what it found on the hill behind the old town at night" };

async function turn(messages: object[], more: object = {}) {
  const body = { model: modelName, messages, temperature: 0, max_tokens: 40, ...more };
  const { choices, usage } = await (await engine.post("/v1/chat/completions", body)).json();
  return { text: choices[0].message.content, prompt: usage.prompt_tokens, cached: usage.prompt_tokens_details.cached_tokens };
}

const isLinux = process.platform === "linux";

test.runIf(isLinux)("a second turn reads only what is new, and answers as if it had read all", async () => {
  engine = await startEngine();
  const one = await turn([first]);
  expect(one.cached).toBe(0);
  const messages = [first, { role: "assistant", content: one.text }, { role: "user", content: "Tell me a joke" }];
  const two = await turn(messages);
  expect(two.prompt).toBeGreaterThan(one.prompt + 40);
  // All of the first turn but its last token, which is read again.
  expect(two.cached).toBeGreaterThan(one.prompt + 30);
  expect(two.cached).toBeLessThan(two.prompt);
  // Another scope reads everything, to the same end.
  const fresh = await turn(messages, { cache_salt: "other" });
  expect(fresh).toEqual({ ...two, cached: 0 });
  // The same once more, and with another last question.
  expect((await turn(messages)).cached).toBeGreaterThan(two.cached);
  const other = await turn([...messages.slice(0, 2), { role: "user", content: "Count to 5" }]);
  expect(other.cached).toBeGreaterThan(one.prompt + 30);
});

test.runIf(isLinux)("what another has asked is not told by its speed", async () => {
  engine = await startEngine();
  await turn([first], { cache_salt: "a", prompt_cache_key: "x" });
  expect((await turn([first], { cache_salt: "b", prompt_cache_key: "x" })).cached).toBe(0);
  expect((await turn([first], { cache_salt: "a" })).cached).toBe(0);
  expect((await turn([first], { cache_salt: "a", prompt_cache_key: "x" })).cached).toBeGreaterThan(20);
});

test.runIf(isLinux)("it is bounded in bytes, holds no names, and frees what it drops", async () => {
  engine = await startEngine({ cache: "1" });
  for (let index = 0; index < 12; index++) {
    await turn([{ role: "user", content: `${index}: ${first.content}` }]);
    expect(await metric("prompt_cache_bytes")).toBeLessThanOrEqual(1024 * 1024);
  }
  expect(await metric("prompt_cache_bytes")).toBeGreaterThan(300_000);
  const states = readdirSync(`/proc/${engine.pid}/fd`)
    .map((fd) => readlinkSync(`/proc/${engine.pid}/fd/${fd}`))
    .filter((path) => path.includes("hydra-prompts-"));
  expect(states.length).toBeGreaterThan(0);
  expect(states.length).toBeLessThan(10);
  expect(states.every((path) => path.endsWith(" (deleted)"))).toBe(true);
});

test("without a cache nothing is reused", async () => {
  engine = await startEngine({ cache: "0" });
  await turn([first]);
  expect((await turn([first])).cached).toBe(0);
});

async function metric(name: string): Promise<number> {
  const text = await (await engine.send("/metrics")).text();
  return Number(new RegExp(`^hydra_engine_${name} (.*)$`, "m").exec(text)?.[1]);
}
