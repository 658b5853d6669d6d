import { request } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Harness, startHarness } from "#gateway/testing/harness.ts";
import { seededRandom } from "#gateway/testing/seeded-random.ts";
import { wallPrompt } from "#test/wall/script.ts";
import type { WallCall } from "#test/wall/wall.ts";

let harness: Harness;

beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.close());

function callOf(mark: string): WallCall | undefined {
  return harness.wall.calls.find((call) => String(call.body.messages?.[0]?.content).includes(`"${mark}"`));
}

/** Calls, breaks the connection once the instance has emitted so many tokens, and returns how many had arrived by then. */
function leaveAfter(tokens: number, stream: boolean, mark: string): Promise<number> {
  const prompt = `${wallPrompt({ tokens: 2_000, delayMs: 1, key: mark })}`;
  const body = JSON.stringify({ model: harness.model, stream, messages: [{ role: "user", content: prompt }] });
  return new Promise((resolve) => {
    let text = "";
    const call = request(`${harness.url}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${harness.caller.key}` },
    });
    call.on("response", (response) => response.on("data", (piece) => (text += piece)).on("error", () => {}));
    call.on("error", () => {});
    call.end(body);
    const timer = setInterval(() => {
      // Zero: even before the instance knows of the call.
      if (tokens > 0 && (callOf(mark)?.emitted ?? 0) < tokens) return;
      clearInterval(timer);
      call.destroy();
      resolve(text.match(/"content":"t\d+ "/g)?.length ?? 0);
    }, 1);
  });
}

test.each([true, false])(
  "12: 500 clients that leave (stream %s) stop the instance, and pay what was emitted",
  async (stream) => {
    const next = seededRandom(stream ? 7 : 11);
    let charged = 0;
    for (let wave = 0; wave < 20; wave++) {
      harness.wall.calls.length = 0;
      const leaves = Array.from({ length: 25 }, (_, index) => ({ tokens: Math.floor(next() * 60), mark: `${stream}-${wave}-${index}` }));
      charged += await expectLeft(leaves, stream);
    }
    expect(charged).toBeGreaterThan(400);
  },
  120_000,
);

/** How many of the calls that were left came to something. */
async function expectLeft(leaves: { tokens: number; mark: string }[], stream: boolean): Promise<number> {
  const seen = await Promise.all(leaves.map(({ tokens, mark }) => leaveAfter(tokens, stream, mark)));
  const left = Date.now();
  await expect.poll(() => harness.wall.calls.every((call) => call.closedByPeerAt !== null), { timeout: 2_000 }).toBe(true);

  let charged = 0;
  for (const [index, { mark }] of leaves.entries()) {
    const call = callOf(mark);
    // Some leave before their call reached the instance: those cost nothing.
    if (!call) continue;
    expect((call.closedByPeerAt ?? Number.POSITIVE_INFINITY) - left).toBeLessThan(1_000);
    const row = await harness.usage(call.requestId);
    expect(row.outcome).toBe("client_gone");
    expect(row.outputTokens).toBeGreaterThanOrEqual(seen[index] ?? 0);
    expect(row.outputTokens).toBeLessThanOrEqual(call.emitted);
    expect(row.chargeNano).toBe(BigInt(row.inputTokens) * 100n + BigInt(row.outputTokens) * 200n);
    if (row.outputTokens > 0) charged++;
  }
  return charged;
}

test("25: a client that does not read pauses the instance", async () => {
  const tokens = 4_000;
  const slow = await startSlow(wallPrompt({ tokens, tokenLength: 4_000 }));
  await new Promise((resolve) => setTimeout(resolve, 700));
  const emitted = harness.wall.call(slow.requestId).emitted;
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(harness.wall.call(slow.requestId).emitted).toBe(emitted);
  expect(emitted).toBeLessThan(tokens);
  slow.read();
  await expect.poll(() => harness.wall.call(slow.requestId).emitted, { timeout: 10_000 }).toBe(tokens);
  await expect.poll(slow.done, { timeout: 10_000 }).toBe(true);
  expect((await harness.usage(slow.requestId)).outcome).toBe("completed");
});

/** Opens a stream of 16 MB and does not read it until told. */
function startSlow(content: string): Promise<{ requestId: string; read(): void; done(): boolean }> {
  const body = JSON.stringify({ model: harness.model, stream: true, messages: [{ role: "user", content }] });
  return new Promise((resolve, reject) => {
    const call = request(`${harness.url}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${harness.caller.key}` },
    });
    call.on("error", reject);
    call.on("response", (response) => {
      let done = false;
      response.pause();
      response.on("end", () => {
        done = true;
      });
      resolve({ requestId: String(response.headers["x-request-id"]), read: () => response.resume(), done: () => done });
    });
    call.end(body);
  });
}
