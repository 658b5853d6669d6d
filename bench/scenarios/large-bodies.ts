import { randomBytes } from "node:crypto";
import { streamedAnswer } from "../answers.ts";
import { type Bench, fixed, judge, type Row } from "../bench.ts";
import { startFixedAnswer } from "../nginx.ts";

const calls = 12;
const imageBytes = 6 * 1024 * 1024 - 4_096;

/** Bodies that take long to read and to write again: how long nobody else is served. */
export async function largeBodies({ dir, hydra, use }: Bench): Promise<Row[]> {
  const events = await use(startFixedAnswer(dir, "text/event-stream", streamedAnswer));
  const model = await hydra.addService("large", events.port);
  const gateway = await use(hydra.startGateway());
  const image = `data:image/png;base64,${randomBytes(imageBytes).toString("base64")}`;
  const picture = [
    {
      role: "user",
      content: [
        { type: "text", text: "What is this?" },
        { type: "image_url", image_url: { url: image } },
      ],
    },
  ];
  const turns = Array.from({ length: 500 }, (_, turn) => ({
    role: turn % 2 === 0 ? "user" : "assistant",
    content: `Turn ${turn}: "a sentence\nof two lines, 世界". `.repeat(100),
  }));
  const rows: Row[] = [];
  for (const [scenario, messages] of [
    ["a body of 8 MB, an image as a data URL", picture],
    ["a conversation of 500 messages", turns],
  ] as const) {
    const body = JSON.stringify({ model, messages, max_tokens: 64 });
    // The first ones are read by code that is not compiled yet, which says nothing of a process that runs.
    await callAll(gateway.port, hydra.caller.key, body);
    await longestStallMs(gateway.metricsPort);
    await callAll(gateway.port, hydra.caller.key, body);
    const stallMs = await longestStallMs(gateway.metricsPort);
    rows.push({
      scenario,
      figure: `${calls} calls, ${fixed(Buffer.byteLength(body) / 1e6, 1)} MB each, one after the other`,
      ratio: `longest stall of the event loop ${fixed(stallMs, 0)} ms`,
      verdict: judge(stallMs, "max", { goal: 50 }),
    });
  }
  return rows;
}

async function callAll(port: number, key: string, body: string): Promise<void> {
  for (let call = 0; call < calls; call++) {
    const response = await fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
      body,
    });
    const text = await response.text();
    if (response.status !== 200) throw new Error(`${response.status}: ${text.slice(0, 200)}`);
  }
}

/** Since it was asked last; milliseconds. */
async function longestStallMs(metricsPort: number): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
  return Number(/^nodejs_eventloop_lag_max_seconds (\S+)$/m.exec(text)?.[1]) * 1_000;
}
