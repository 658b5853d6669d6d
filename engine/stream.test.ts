import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ask, bearer, collect, modelName, readEvents, startEngine, type TestEngine } from "./testing/start-engine.ts";

let engine: TestEngine;
beforeAll(async () => {
  engine = await startEngine({ queue: "2" });
});
afterAll(() => engine.stop());

const stream = (question: string, more: object = {}, init: RequestInit = {}) =>
  engine.post("/v1/chat/completions", ask(question, { stream: true, ...more }), init);
/** What has been said becomes ever more likely: the answer runs in circles until it is stopped or the context is full. */
const endless = { temperature: 0, frequency_penalty: -2 };
const idle = { total: 8, busy: 0, queued: 0 };

test("chunks come one by one and end with [DONE]", async () => {
  const response = await stream("Tell me a story", { temperature: 0 });
  expect(response.headers.get("content-type")).toContain("text/event-stream");
  const { chunks, last, text } = await collect(response);
  const whole = await (await engine.post("/v1/chat/completions", ask("Tell me a story", { temperature: 0 }))).json();
  expect(last).toBe("[DONE]");
  expect(text).toBe(whole.choices[0].message.content);
  expect(chunks[0]?.choices[0]?.delta).toEqual({ role: "assistant", content: "" });
  const reasons = chunks.map((chunk) => chunk.choices[0]?.finish_reason);
  expect(reasons.at(-1)).toBe("stop");
  expect(reasons.slice(0, -1).every((reason) => reason === null)).toBe(true);
  // One for each token, and the first and the last.
  expect(chunks.length).toBe(whole.usage.completion_tokens + 2);
  expect(chunks.every((chunk) => chunk.usage === undefined)).toBe(true);
});

test("the first text is there long before the last", async () => {
  const started = performance.now();
  const times: number[] = [];
  for await (const _event of readEvents(await stream("Tell me a story", endless))) times.push(performance.now() - started);
  const [first, last] = [times[1] ?? 0, times.at(-1) ?? 0];
  expect(times.length).toBeGreaterThan(100);
  expect(first).toBeLessThan(last / 3);
});

test("usage comes when it is asked for: at the end, on each chunk, or both", async () => {
  const atEnd = await collect(await stream("你好", { temperature: 0, stream_options: { include_usage: true } }));
  const closing = atEnd.chunks.at(-1);
  expect(closing?.choices).toEqual([]);
  expect(closing?.usage).toMatchObject({ prompt_tokens: 10, completion_tokens: 15, total_tokens: 25 });
  expect(atEnd.chunks.slice(0, -1).every((chunk) => chunk.usage === null)).toBe(true);

  const onEach = await collect(await stream("你好", { temperature: 0, stream_options: { continuous_usage_stats: true } }));
  const counts = onEach.chunks.map((chunk) => chunk.usage?.completion_tokens ?? -1);
  // Several characters take two or three tokens each.
  expect(counts).toEqual([0, 1, 2, 3, 4, 7, 10, 11, 13, 14, 15, 15]);
  expect(onEach.chunks.at(-1)?.choices).toHaveLength(1);

  const both = { include_usage: true, continuous_usage_stats: true };
  const all = await collect(await stream("你好", { temperature: 0, stream_options: both }));
  expect(all.chunks.every((chunk) => chunk.usage)).toBe(true);
  expect(all.chunks.at(-1)?.choices).toEqual([]);
});

test("characters of several tokens arrive whole, also where the answer is cut inside one", async () => {
  for (let max = 1; max <= 15; max++) {
    const { chunks, text } = await collect(
      await stream("你好", { temperature: 0, max_tokens: max, stream_options: { include_usage: true } }),
    );
    expect("你好！我能帮你什么？".startsWith(text)).toBe(true);
    expect(chunks.at(-1)?.usage?.completion_tokens).toBe(max);
  }
  const emoji = await collect(await stream("Say 😀 é 你好", { temperature: 0 }));
  expect(emoji.text).not.toContain("\ufffd");
  expect(emoji.text).toContain("😀");
});

test("no part of a stop string is ever sent", async () => {
  const full = (await collect(await stream("Tell me a story", { temperature: 0, max_tokens: 60 }))).text;
  const stop = full.slice(30, 45);
  const { chunks, text } = await collect(await stream("Tell me a story", { temperature: 0, stop: [stop] }));
  expect(text).toBe(full.slice(0, full.indexOf(stop)));
  expect(chunks.at(-1)?.choices[0]?.finish_reason).toBe("stop");
});

test("text completions stream too", async () => {
  const response = await engine.post("/v1/completions", { model: modelName, prompt: "Say this is a test!", temperature: 0, stream: true });
  const { chunks, last } = await collect(response);
  expect(last).toBe("[DONE]");
  expect(chunks.map((chunk) => chunk.choices[0]?.text).join("")).toBe("This is a test!");
  expect(chunks.at(-1)?.choices[0]).toMatchObject({ text: "", finish_reason: "stop" });
});

test("eight streams run side by side, each with its own text", async () => {
  const alone = (await collect(await stream("Tell me a story about a fox", { temperature: 0, max_tokens: 120 }))).text;
  let mostBusy = 0;
  const streams = Array.from({ length: 8 }, async () => {
    const { text, last } = await collect(await stream("Tell me a story about a fox", { temperature: 0, max_tokens: 120 }));
    return { text, last };
  });
  const watch = (async () => {
    for (let look = 0; look < 20; look++) {
      mostBusy = Math.max(mostBusy, (await engine.health()).slots.busy);
      await sleep(5);
    }
  })();
  for (const answer of await Promise.all(streams)) expect(answer).toEqual({ text: alone, last: "[DONE]" });
  await watch;
  expect(mostBusy).toBeGreaterThan(4);
});

test("a client that leaves frees its slot and its place in the queue at once", async () => {
  const leaving = new AbortController();
  const responses = await Promise.all(Array.from({ length: 8 }, () => stream("Tell me a story", endless, { signal: leaving.signal })));
  const waiting = stream("Tell me a story", endless, { signal: leaving.signal }).catch((error: Error) => error.name);
  await expect.poll(async () => (await engine.health()).slots, { interval: 2 }).toMatchObject({ busy: 8, queued: 1 });
  leaving.abort();
  await expect.poll(async () => (await engine.health()).slots, { interval: 2, timeout: 200 }).toEqual(idle);
  expect(await waiting).toBe("AbortError");
  expect(responses.every((response) => response.status === 200)).toBe(true);
  // The log says how far each had come: far from the full context.
  const gone = engine
    .log()
    .split("\n")
    .filter((line) => line.includes("client_gone"));
  expect(gone.length).toBe(9);
});

test("so does one that does not stream", async () => {
  const leaving = new AbortController();
  const answer = engine
    .post("/v1/chat/completions", ask("Tell me a story", endless), { signal: leaving.signal })
    .catch((error: Error) => error.name);
  await expect.poll(async () => (await engine.health()).slots.busy, { interval: 2 }).toBe(1);
  leaving.abort();
  expect(await answer).toBe("AbortError");
  await expect.poll(async () => (await engine.health()).slots, { interval: 2, timeout: 200 }).toEqual(idle);
});

test("beyond slots and queue a request is refused", async () => {
  const leaving = new AbortController();
  const running = Array.from({ length: 10 }, () => stream("Tell me a story", endless, { signal: leaving.signal }).catch(() => null));
  await expect.poll(async () => (await engine.health()).slots, { interval: 2 }).toEqual({ total: 8, busy: 8, queued: 2 });
  const refused = await stream("Hello");
  expect(refused.status).toBe(503);
  expect(refused.headers.get("retry-after")).toBe("1");
  expect((await refused.json()).error).toMatchObject({ type: "server_error", code: "instance_overloaded" });
  leaving.abort();
  await Promise.all(running);
  await expect.poll(async () => (await stream("Hello", { max_tokens: 1 })).status).toBe(200);
});

test("a client that resets its connection in mid-stream does no harm", async () => {
  const body = JSON.stringify(ask("Tell me a story", { ...endless, stream: true }));
  const head = `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${bearer}\r\ncontent-length: ${Buffer.byteLength(body)}`;
  const socket = connect(Number(new URL(engine.url).port), "127.0.0.1");
  socket.write(`${head}\r\n\r\n${body}`);
  await new Promise((resolve) => socket.once("data", resolve));
  socket.resetAndDestroy();
  await expect.poll(async () => (await engine.health()).slots, { interval: 2, timeout: 200 }).toEqual(idle);
});

test("hundreds of clients that come and leave at any moment do it no harm", { timeout: 60_000 }, async () => {
  for (let round = 0; round < 20; round++) {
    const calls = Array.from({ length: 10 }, async (_, index) => {
      const leaving = AbortSignal.timeout(1 + ((round * 7 + index * 13) % 60));
      await stream("Tell me a story about a fox", { max_tokens: 1 + ((round + index) % 40), stop: ["key"] }, { signal: leaving })
        .then(collect)
        .catch(() => null);
    });
    await Promise.all(calls);
  }
  await expect.poll(async () => (await engine.health()).slots, { interval: 20, timeout: 20_000 }).toEqual(idle);
  expect((await collect(await stream("Say this is a test!", { temperature: 0 }))).text).toBe("This is a test!");
});
