import { join } from "node:path";
import { chatBody, requestText, streamedAnswer, wholeAnswer } from "../answers.ts";
import { type Bench, fixed, inTurn, judge, median, type Row } from "../bench.ts";
import { runRate, writeRequest } from "../load/client.ts";
import { startFixedAnswer } from "../nginx.ts";

const rate = 500;

/** What a call takes longer through the gateway than straight to the instance, at 500 a second. */
export async function addedLatency({ dir, rounds, seconds, programs, hydra, use }: Bench): Promise<Row[]> {
  const events = await use(startFixedAnswer(dir, "text/event-stream", streamedAnswer));
  const whole = await use(startFixedAnswer(dir, "application/json", wholeAnswer));
  const model = await hydra.addService("latency", events.port);
  const gateway = await use(hydra.startGateway());
  const body = chatBody(model);
  const direct = { port: whole.port, requestFile: await writeRequest(join(dir, "direct.req"), requestText(whole.port, body, {})) };
  const ours = {
    port: gateway.port,
    requestFile: await writeRequest(
      join(dir, "ours.req"),
      requestText(gateway.port, body, { authorization: `Bearer ${hydra.caller.key}` }),
    ),
  };
  const measure = async (side: typeof direct) => {
    const report = await runRate({ program: programs.client, connections: 32, seconds, ...side }, rate);
    if (report.errors > 0) throw new Error(`${report.errors} calls failed at ${rate} a second`);
    return report;
  };
  await measure(ours);
  const results = await inTurn(rounds, [direct, ours], measure);
  const added = (read: "p50" | "p99") => {
    const of = (side: typeof direct) => median((results.get(side) ?? []).map((report) => report[read]));
    return { direct: of(direct) / 1_000, ours: of(ours) / 1_000, added: (of(ours) - of(direct)) / 1_000 };
  };
  const row = (name: "p50" | "p99", limits: { floor?: number; goal: number }): Row => {
    const value = added(name);
    return {
      scenario: `added latency at ${rate}/s, ${name}`,
      figure: `direct ${fixed(value.direct, 2)} ms, Hydra ${fixed(value.ours, 2)} ms`,
      ratio: `+${fixed(value.added, 2)} ms`,
      verdict: judge(value.added, "max", limits),
    };
  };
  return [row("p50", { goal: 0.4 }), row("p99", { floor: 2, goal: 1 })];
}
