import { readFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "#test/free-port.ts";
import { chatBody, requestText, streamedAnswer } from "../answers.ts";
import { type Bench, fixed, judge, type Row } from "../bench.ts";
import { holdStreams, runRate, writeRequest } from "../load/client.ts";
import { startFixedAnswer } from "../nginx.ts";
import { memoryMib, start } from "../processes.ts";

const wanted = 10_000;
/** Files that a process may open beside two connections for each stream. */
const spareFiles = 500;

/** Streams that say nothing, and a new call beside them. */
export async function idleStreams({ dir, seconds, programs, hydra, use }: Bench): Promise<Row[]> {
  const count = Math.min(wanted, Math.floor((fileLimit() - spareFiles) / 2));
  const port = await freePort();
  const silent = await use(start({ command: programs.events, args: [String(port), "2", "0", "1"], port }));
  const quick = await use(startFixedAnswer(dir, "text/event-stream", streamedAnswer));
  const heldModel = await hydra.addService("held", silent.port);
  const quickModel = await hydra.addService("quick", quick.port);
  const gateway = await use(hydra.startGateway());
  const headers = { authorization: `Bearer ${hydra.caller.key}` };
  const file = (name: string, body: string) => writeRequest(join(dir, name), requestText(gateway.port, body, headers));
  const quickFile = await file("quick.req", chatBody(quickModel));
  const heldFile = await file("held.req", chatBody(heldModel, true));
  await runRate({ program: programs.client, port: gateway.port, connections: 32, requestFile: quickFile, seconds: 2 }, 500);
  const before = memoryMib(gateway.pid).now;
  const held = await holdStreams({ program: programs.client, port: gateway.port, connections: count, requestFile: heldFile, seconds: 90 });
  try {
    const kib = ((memoryMib(gateway.pid).now - before) * 1_024) / count;
    const beside = await runRate({ program: programs.client, port: gateway.port, connections: 16, requestFile: quickFile, seconds }, 100);
    const scenario = `${fixed(count, 0)} idle streams`;
    const p99 = beside.p99 / 1_000;
    const note = count < wanted ? ` (not ${fixed(wanted, 0)}: a process may open ${fixed(fileLimit(), 0)} files here)` : "";
    return [
      {
        scenario,
        figure: `${held.report.samples} held, ${held.report.errors} failed${note}`,
        ratio: "",
        verdict: judge(held.report.samples, "min", { goal: count }),
      },
      { scenario, figure: "memory", ratio: `${fixed(kib, 1)} KiB each`, verdict: judge(kib, "max", { goal: 40 }) },
      {
        scenario,
        figure: `a new call beside them, ${beside.errors} failed`,
        ratio: `p99 ${fixed(p99, 1)} ms`,
        verdict: judge(p99, "max", { goal: 250 }),
      },
    ];
  } finally {
    await held.end();
  }
}

function fileLimit(): number {
  return Number(/Max open files\s+(\d+)/.exec(readFileSync("/proc/self/limits", "utf8"))?.[1] ?? 1_024);
}
