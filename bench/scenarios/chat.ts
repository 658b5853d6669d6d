import { join } from "node:path";
import { freePort } from "#test/free-port.ts";
import { chatBody, streamedAnswer, wholeAnswer } from "../answers.ts";
import { type Bench, fixed, inTurn, judge, median, type Row } from "../bench.ts";
import { type LoadResult, load, type Target } from "../load/wrk.ts";
import { startFixedAnswer, startProxy } from "../nginx.ts";
import { portkeyHeaders, startPortkey } from "../peers/portkey.ts";
import { memoryMib, start } from "../processes.ts";

interface Sides {
  nginx: Target;
  portkey: Target;
  /** Says what of the distance to nginx is Node's. */
  bare: Target;
  hydra: Target;
}

/** Code is compiled as it is used; before that it runs at a fraction of its speed. */
const warmUpSeconds = 8;
const bareProxy = join(import.meta.dirname, "../peers/bare-proxy.mjs");

/** Chat completions in one piece, as many as go: nginx, Portkey and ours before the same cheap answer. */
export async function chat(bench: Bench): Promise<Row[]> {
  const sides = await openSides(bench);
  for (const side of Object.values(sides)) await load(side, 64, warmUpSeconds);
  return [...(await at(bench, sides, 64)), ...(await at(bench, sides, 10)), ...memory(sides)];
}

async function openSides(bench: Bench): Promise<Sides> {
  const { dir, hydra } = bench;
  const events = await bench.use(startFixedAnswer(dir, "text/event-stream", streamedAnswer));
  const whole = await bench.use(startFixedAnswer(dir, "application/json", wholeAnswer));
  const proxy = await bench.use(startProxy(dir, whole.port));
  const portkey = await bench.use(startPortkey(dir));
  const port = await freePort();
  const bare = await bench.use(
    start({ command: process.execPath, args: [bareProxy, String(port), String(whole.port)], port, measured: true }),
  );
  const model = await hydra.addService("chat", events.port);
  const gateway = await bench.use(hydra.startGateway());
  return {
    nginx: { name: "nginx", ...proxy, headers: { authorization: "Bearer any" }, body: chatBody(model) },
    portkey: { name: "Portkey", ...portkey, headers: portkeyHeaders(whole.port), body: chatBody("bench") },
    bare: { name: "a bare Node proxy", ...bare, headers: { authorization: "Bearer any" }, body: chatBody(model) },
    hydra: { name: "Hydra", ...gateway, headers: { authorization: `Bearer ${hydra.caller.key}` }, body: chatBody(model) },
  };
}

async function at(bench: Bench, sides: Sides, connections: number): Promise<Row[]> {
  const results = await inTurn(bench.rounds, Object.values(sides), (side) => load(side, connections, bench.seconds));
  const figure = (side: Target, read: (result: LoadResult) => number) => median((results.get(side) ?? []).map(read));
  const rate = (side: Target) => figure(side, (result) => result.requestsPerSecond);
  const p99 = (side: Target) => figure(side, (result) => result.p99Us);
  const told = (side: Target) =>
    `${side.name} ${fixed(rate(side), 0)}/s, p50 ${fixed(figure(side, (result) => result.p50Us) / 1_000, 2)} ms, p99 ${fixed(p99(side) / 1_000, 2)} ms, ${fixed(
      figure(side, (result) => result.cpuUsPerRequest),
      1,
    )} µs CPU`;
  const { nginx, portkey, bare, hydra } = sides;
  const ofNginx = rate(hydra) / rate(nginx);
  const portkeys = rate(hydra) / rate(portkey);
  const scenario = `chat, ${connections} connections`;
  const rows: Row[] = [
    {
      scenario,
      figure: Object.values(sides).map(told).join("; "),
      ratio: `${fixed(ofNginx, 2)} of nginx`,
      verdict: judge(ofNginx, "min", { floor: 0.33, goal: 0.4 }),
    },
    {
      scenario,
      figure: "",
      ratio: `${fixed(portkeys, 1)} × Portkey`,
      verdict: judge(portkeys, "min", { floor: 6, goal: connections === 64 ? 8 : 6 }),
    },
  ];
  rows.push({
    scenario,
    figure: `a bare Node proxy reaches ${fixed(rate(bare) / rate(nginx), 2)} of nginx here`,
    ratio: `${fixed(rate(hydra) / rate(bare), 2)} of it`,
    verdict: "printed, no limit",
  });
  const tail = p99(hydra) / p99(portkey);
  if (connections === 10)
    rows.push({ scenario, figure: "p99", ratio: `${fixed(tail, 2)} of Portkey's`, verdict: judge(tail, "max", { goal: 0.2 }) });
  return rows;
}

function memory({ portkey, hydra }: Sides): Row[] {
  const ours = memoryMib(hydra.pid).peak;
  const figure = `Hydra ${fixed(ours, 0)} MiB, Portkey ${fixed(memoryMib(portkey.pid).peak, 0)} MiB`;
  return [{ scenario: "peak memory after it", figure, ratio: "", verdict: judge(ours, "max", { goal: 150 }) }];
}
