import { chatBody, streamedAnswer } from "../answers.ts";
import { type Bench, fixed, median, type Row } from "../bench.ts";
import { load, type Target } from "../load/wrk.ts";
import { startFixedAnswer } from "../nginx.ts";
import { memoryMib } from "../processes.ts";

const unit = 20;

/** The same chat load with 1 ×, 10 × and 100 × the keys and services, each on a gateway of its own. */
export async function growth({ dir, rounds, seconds, hydra, use }: Bench): Promise<Row[]> {
  const events = await use(startFixedAnswer(dir, "text/event-stream", streamedAnswer));
  const model = await hydra.addService("growth", events.port);
  const headers = { authorization: `Bearer ${hydra.caller.key}` };
  const rows: Row[] = [];
  let made = 0;
  let base: number | null = null;
  for (const times of [1, 10, 100]) {
    await hydra.addOthers(unit * times - made, events.port);
    made = unit * times;
    const gateway = await hydra.startGateway();
    try {
      const target: Target = { name: "Hydra", ...gateway, headers, body: chatBody(model) };
      await load(target, 64, 5);
      const results = [];
      for (let round = 0; round < rounds; round++) results.push(await load(target, 64, seconds));
      const cpu = median(results.map((result) => result.cpuUsPerRequest));
      base ??= cpu;
      rows.push({
        scenario: `growth: ${fixed(made, 0)} keys and services`,
        figure: `${fixed(median(results.map((result) => result.requestsPerSecond)), 0)}/s, ${fixed(cpu, 1)} µs CPU a request, ${fixed(memoryMib(gateway.pid).peak, 0)} MiB`,
        ratio: `${fixed(cpu / base, 2)} × the CPU of ${unit}`,
        verdict: "printed, no limit",
      });
    } finally {
      await gateway.stop();
    }
  }
  return rows;
}
