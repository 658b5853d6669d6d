import { execSync, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "#test/free-port.ts";
import { chatBody, streamedAnswer, wholeAnswer } from "./answers.ts";
import { openInstallation } from "./hydra.ts";
import { load } from "./load/wrk.ts";
import { startFixedAnswer, startProxy } from "./nginx.ts";
import { portkeyHeaders, startPortkey } from "./peers/portkey.ts";
import { memoryMib, start } from "./processes.ts";

const rounds = Number(process.env.R ?? 3),
  secs = Number(process.env.S ?? 3);
const which = (process.env.W ?? "nginx,bare,hydra").split(",");
const dir = await mkdtemp(join(tmpdir(), "hydra-zz-"));
await chmod(dir, 0o711);
const hydra = await openInstallation(dir);
const stops: any[] = [];
const use = async (p: any) => {
  const t = await p;
  stops.push(t);
  return t;
};
const threads = (pid: number) =>
  Object.fromEntries(
    readdirSync(`/proc/${pid}/task`).map((t) => {
      const s = readFileSync(`/proc/${pid}/task/${t}/stat`, "utf8");
      const f = s.split(") ")[1]!.split(" ");
      const n = readFileSync(`/proc/${pid}/task/${t}/comm`, "utf8").trim();
      return [`${n}:${t}`, [Number(f[11]) * 1e4, Number(f[12]) * 1e4]];
    }),
  );
const pg = () => {
  let sum = 0;
  for (const p of readdirSync("/proc")) {
    if (!/^\d+$/.test(p)) continue;
    try {
      if (!readFileSync(`/proc/${p}/comm`, "utf8").startsWith("postgres")) continue;
      const f = readFileSync(`/proc/${p}/stat`, "utf8").split(") ")[1]!.split(" ");
      sum += (Number(f[11]) + Number(f[12])) * 1e4;
    } catch {}
  }
  return sum;
};
try {
  const events = await use(startFixedAnswer(dir, "text/event-stream", streamedAnswer));
  const whole = await use(startFixedAnswer(dir, "application/json", wholeAnswer));
  const model = await hydra.addService("chat", events.port);
  const T: any = {};
  if (which.includes("nginx"))
    T.nginx = {
      name: "nginx",
      ...(await use(startProxy(dir, whole.port))),
      headers: { authorization: "Bearer any" },
      body: chatBody(model),
    };
  if (which.includes("portkey"))
    T.portkey = { name: "portkey", ...(await use(startPortkey(dir))), headers: portkeyHeaders(whole.port), body: chatBody("bench") };
  if (which.includes("bare")) {
    const port = await freePort();
    T.bare = {
      name: "bare",
      ...(await use(start({ command: process.execPath, args: ["bench/peers/bare-proxy.mjs", String(port), String(whole.port)], port }))),
      headers: { authorization: "Bearer any" },
      body: chatBody(model),
    };
  }
  if (which.includes("hydra"))
    T.hydra = {
      name: "hydra",
      ...(await use(hydra.startGateway())),
      headers: { authorization: `Bearer ${hydra.caller.key}` },
      body: chatBody(model),
    };
  console.log("idle hydra", T.hydra && memoryMib(T.hydra.pid));
  const conns = Number(process.env.C ?? 64);
  for (const t of Object.values(T)) await load(t as any, conns, Number(process.env.WARM ?? 8));
  const acc: any = {};
  for (let r = 0; r < rounds; r++)
    for (const [n, t] of Object.entries<any>(T)) {
      const a = threads(t.pid),
        p = pg();
      const res = await load(t, conns, secs);
      const b = threads(t.pid),
        q = pg();
      const reqs = res.requestsPerSecond * secs;
      const th = Object.entries(b)
        .map(([k, v]) => [k, ((v as any)[0] - (a[k]?.[0] ?? 0)) / reqs, ((v as any)[1] - (a[k]?.[1] ?? 0)) / reqs] as const)
        .filter(([, u, s]) => u + s > 0.3)
        .map(([k, u, s]) => `${k} ${u.toFixed(1)}+${s.toFixed(1)}`)
        .join(", ");
      (acc[n] ??= []).push(res);
      console.log(
        n,
        Math.round(res.requestsPerSecond),
        "cpu",
        res.cpuUsPerRequest.toFixed(1),
        "pg",
        ((q - p) / reqs).toFixed(1),
        "p50",
        res.p50Us,
        "p99",
        res.p99Us,
        "|",
        th,
      );
    }
  const med = (x: number[]) => x.sort((a, b) => a - b)[x.length >> 1]!;
  for (const n in acc)
    console.log(
      "MED",
      n,
      Math.round(med(acc[n].map((r: any) => r.requestsPerSecond))),
      med(acc[n].map((r: any) => r.cpuUsPerRequest)).toFixed(1),
      T[n] && memoryMib(T[n].pid),
    );
  if (acc.nginx && acc.hydra)
    console.log(
      "of nginx",
      (med(acc.hydra.map((r: any) => r.requestsPerSecond)) / med(acc.nginx.map((r: any) => r.requestsPerSecond))).toFixed(3),
    );
  if (acc.portkey && acc.hydra)
    console.log(
      "x portkey",
      (med(acc.hydra.map((r: any) => r.requestsPerSecond)) / med(acc.portkey.map((r: any) => r.requestsPerSecond))).toFixed(2),
    );
} finally {
  for (const s of stops.reverse()) await s.stop();
  await hydra.close();
  await rm(dir, { recursive: true, force: true });
}
