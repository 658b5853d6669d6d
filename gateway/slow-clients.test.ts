import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type Harness, startHarness } from "#gateway/testing/harness.ts";
import { wallPrompt } from "#test/wall/script.ts";

const headersMs = 2_000;
let harness: Harness;
const attackers = new Set<Attacker>();

interface Attacker {
  socket: Socket;
  answer: string;
  closed: boolean;
}

beforeAll(async () => {
  harness = await startHarness({ requestHeadersMs: headersMs, requestBodyMs: headersMs });
});
afterAll(() => harness.close());
afterEach(() => {
  for (const { socket } of attackers) socket.destroy();
  attackers.clear();
});

function attack(text: string): Attacker {
  const attacker: Attacker = { socket: connect(harness.port, "127.0.0.1", () => attacker.socket.write(text)), answer: "", closed: false };
  attackers.add(attacker);
  attacker.socket.on("error", () => {});
  attacker.socket.on("data", (piece) => {
    attacker.answer += piece;
  });
  attacker.socket.on("close", () => {
    attacker.closed = true;
  });
  return attacker;
}

/** Milliseconds at the 99th percentile of a healthy client's calls, one after the other. */
async function healthyP99(calls: number): Promise<number> {
  const times: number[] = [];
  for (let call = 0; call < calls; call++) {
    const started = performance.now();
    const response = await harness.post("/v1/chat/completions", {
      model: harness.model,
      messages: [{ role: "user", content: wallPrompt({ tokens: 1 }) }],
    });
    expect(response.status).toBe(200);
    await response.text();
    times.push(performance.now() - started);
  }
  return times.sort((a, b) => a - b)[Math.floor(calls * 0.99) - 1] ?? Number.NaN;
}

/** A fifth more, or what a busy machine adds to so short a time by itself. */
const bound = (aloneMs: number) => Math.max(aloneMs * 1.2, aloneMs + 25);

/**
 * Holds the healthy client's times beside an attack against those without one. Another program on this machine may slow it down
 * once; what an attack does, it does each time.
 */
async function feelsNothing(attacked: () => Promise<number>): Promise<void> {
  const seen: string[] = [];
  for (let attempt = 0; attempt < 3; attempt++) {
    const alone = await healthyP99(200);
    const beside = await attacked();
    if (beside < bound(alone)) return;
    seen.push(`${beside.toFixed(1)} ms beside the attack, ${alone.toFixed(1)} ms without`);
  }
  expect.fail(`a healthy client feels it: ${seen.join("; ")}`);
}

const head = "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\n";

test("27: 500 clients that dribble their headers are sent away with 408, and a healthy one feels nothing", async () => {
  await healthyP99(100);
  await feelsNothing(async () => {
    const slow = Array.from({ length: 500 }, () => attack(head));
    const dribble = setInterval(() => {
      for (const { socket, closed } of slow) if (!closed) socket.write("x");
    }, 100);
    try {
      await sleep(200);
      const beside = await healthyP99(200);
      await expect.poll(() => slow.filter(({ closed }) => closed).length, { timeout: 10_000 }).toBe(500);
      for (const { answer } of slow) {
        expect(answer).toContain("HTTP/1.1 408 ");
        expect(answer).toContain('"request_timeout"');
      }
      return beside;
    } finally {
      clearInterval(dribble);
    }
  });
});

test("27: header bombs are refused with 431 before they are whole, and a healthy client feels nothing", async () => {
  const bomb = head + `${"X-A: ".padEnd(15_000, "a")}\r\n`.repeat(4);
  await feelsNothing(async () => {
    const bombs: Attacker[] = [];
    const throwing = (async () => {
      for (let wave = 0; wave < 10; wave++) {
        for (let one = 0; one < 20; one++) bombs.push(attack(bomb));
        await sleep(30);
      }
    })();
    const beside = await healthyP99(200);
    await throwing;
    await expect.poll(() => bombs.filter(({ answer }) => answer.includes("HTTP/1.1 431 ")).length, { timeout: 10_000 }).toBe(bombs.length);
    await expect.poll(() => bombs.every(({ closed }) => closed), { timeout: 10_000 }).toBe(true);
    return beside;
  });
});
