import { join } from "node:path";
import { freePort } from "#test/free-port.ts";
import { chatBody, requestText } from "../answers.ts";
import { type Bench, fixed, inTurn, judge, median, type Row } from "../bench.ts";
import { runStreams, writeRequest } from "../load/client.ts";
import { startProxy } from "../nginx.ts";
import { portkeyHeaders, startPortkey } from "../peers/portkey.ts";
import { cpuUs, start } from "../processes.ts";

const connections = 256;
/** So few that Portkey keeps the pace: a proxy that falls behind reads several events at once, and looks cheaper than it is. */
const fewConnections = 64;
const eventsEach = 200;
const intervalMs = 5;

interface Side {
  name: string;
  pid: number;
  port: number;
  requestFile: string;
}

interface Measured {
  cpuUsPerEvent: number;
  eventsPerSecond: number;
  firstEventUs: number;
}

/** Streams at once: processor time of the proxy for each event, with every event checked and counted in ours. */
export async function streams(bench: Bench): Promise<Row[]> {
  const paced = await sidesBefore(bench, "paced", intervalMs);
  const rows: Row[] = [];
  for (const count of [connections, fewConnections]) {
    rows.push(...(await compare(bench, paced, count, `${count} streams × ${eventsEach} events, one each ${intervalMs} ms`, true)));
  }
  const flooded = await sidesBefore(bench, "flooded", 0);
  return [
    ...rows,
    ...(await compare(bench, flooded, connections, `${connections} streams × ${eventsEach} events, as fast as it goes`, false)),
  ];
}

async function sidesBefore({ dir, programs, hydra, use }: Bench, name: string, interval: number): Promise<Side[]> {
  const port = await freePort();
  const upstream = await use(start({ command: programs.events, args: [String(port), String(eventsEach), String(interval), "0"], port }));
  const proxy = await use(startProxy(dir, upstream.port));
  const portkey = await use(startPortkey(dir));
  const model = await hydra.addService(`streams-${name}`, upstream.port);
  const gateway = await use(hydra.startGateway());
  const file = (side: string, to: number, headers: Record<string, string>, called: string) =>
    writeRequest(join(dir, `${name}-${side}.req`), requestText(to, chatBody(called, true), headers));
  return [
    { name: "nginx", ...proxy, requestFile: await file("nginx", proxy.port, {}, "bench") },
    { name: "Portkey", ...portkey, requestFile: await file("portkey", portkey.port, portkeyHeaders(upstream.port), "bench") },
    { name: "Hydra", ...gateway, requestFile: await file("hydra", gateway.port, { authorization: `Bearer ${hydra.caller.key}` }, model) },
  ];
}

async function compare({ programs, rounds }: Bench, sides: Side[], count: number, scenario: string, judged: boolean): Promise<Row[]> {
  const measure = async ({ name, pid, port, requestFile }: Side): Promise<Measured> => {
    const before = cpuUs(pid);
    const report = await runStreams({ program: programs.client, port, connections: count, requestFile, seconds: 30 });
    if (report.errors > 0 || report.ended < count) throw new Error(`${name}: ${report.errors} of ${count} streams failed`);
    return {
      cpuUsPerEvent: (cpuUs(pid) - before) / report.events,
      eventsPerSecond: (report.events * 1e6) / report.us,
      firstEventUs: report.p50,
    };
  };
  for (const side of sides) await measure(side);
  const results = await inTurn(rounds, sides, measure);
  const figures = sides.map((side) => {
    const of = (read: keyof Measured) => median((results.get(side) ?? []).map((one) => one[read]));
    return { name: side.name, cpu: of("cpuUsPerEvent"), rate: of("eventsPerSecond"), first: of("firstEventUs") };
  });
  const told = figures.map(
    ({ name, cpu, rate, first }) =>
      `${name} ${fixed(cpu, 1)} µs CPU an event, ${fixed(rate, 0)} events/s, first event ${fixed(first / 1_000, 1)} ms`,
  );
  const [nginx, portkey, hydra] = figures;
  if (!nginx || !portkey || !hydra) throw new Error("a side was not measured");
  const ofNginx = hydra.cpu / nginx.cpu;
  const portkeys = portkey.cpu / hydra.cpu;
  return [
    {
      scenario,
      figure: told.join("; "),
      ratio: `${fixed(ofNginx, 2)} × nginx's CPU`,
      verdict: judged ? judge(ofNginx, "max", { floor: 2.5, goal: 2 }) : "no limit",
    },
    {
      scenario,
      figure: "",
      ratio: `1/${fixed(portkeys, 1)} of Portkey's CPU`,
      verdict: judged ? judge(portkeys, "min", { goal: 4 }) : "no limit",
    },
  ];
}
