import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Bench, Row, Scenario } from "./bench.ts";
import { type Installation, openInstallation } from "./hydra.ts";
import { place, processors } from "./processors.ts";
import { addedLatency } from "./scenarios/added-latency.ts";
import { chat } from "./scenarios/chat.ts";
import { deploy } from "./scenarios/deploy.ts";
import { engine } from "./scenarios/engine.ts";
import { growth } from "./scenarios/growth.ts";
import { idleStreams } from "./scenarios/idle-streams.ts";
import { largeBodies } from "./scenarios/large-bodies.ts";
import { streams } from "./scenarios/streams.ts";
import { workers } from "./scenarios/workers.ts";
import { compile, describeMachine } from "./tools.ts";

const scenarios: Record<string, Scenario> = {
  chat,
  latency: addedLatency,
  streams,
  idle: idleStreams,
  large: largeBodies,
  workers,
  growth,
  engine,
  deploy,
};

/** They measure the whole machine, or, at a fixed rate, their load must not wait for the database. */
const onAllProcessors = new Set(["latency", "workers", "engine", "deploy"]);

/**
 * `npm run bench [scenario …] [--seconds N] [--rounds N]`: measures ours beside nginx and Portkey, prints the table and
 * writes it to bench/results. Ends with 1 where a floor is missed or a scenario fails.
 */
async function main(args: string[]): Promise<void> {
  const seconds = numberAfter(args, "--seconds") ?? 4;
  const rounds = numberAfter(args, "--rounds") ?? 3;
  const chosen = args.filter((arg) => !arg.startsWith("--") && !/^\d+$/.test(arg));
  const unknown = chosen.filter((name) => !(name in scenarios));
  if (unknown.length > 0) throw new Error(`No scenario ${unknown.join(", ")}. There are: ${Object.keys(scenarios).join(", ")}.`);
  const machine = await describeMachine();
  const dir = await mkdtemp(join(tmpdir(), "hydra-bench-"));
  // PostgreSQL runs as another user where we are root, and must be able to pass through.
  await chmod(dir, 0o711);
  const rows: Row[] = [];
  let hydra: Installation | null = null;
  try {
    const programs = { events: await compile("upstream/events.c", dir), client: await compile("load/client.c", dir) };
    await place(process.pid, "others");
    hydra = await openInstallation(dir);
    for (const name of chosen.length > 0 ? chosen : Object.keys(scenarios)) {
      process.stderr.write(`${name} …\n`);
      for (const pid of [process.pid, hydra.databasePid]) await place(pid, onAllProcessors.has(name) ? "all" : "others");
      const made = await runScenario(name, { dir, seconds, rounds, programs, hydra });
      for (const row of made) process.stderr.write(`  ${Object.values(row).filter(Boolean).join(" | ")}\n`);
      rows.push(...made);
    }
  } finally {
    await hydra?.close();
    await rm(dir, { recursive: true, force: true });
  }
  await report(rows, machine, { seconds, rounds, partial: chosen });
  if (rows.some(({ verdict }) => verdict.includes("MISSED") && verdict.includes("floor"))) process.exitCode = 1;
  if (rows.some(({ verdict }) => verdict === "failed")) process.exitCode = 1;
}

/** One scenario, with all that it started ended, whatever happens. */
async function runScenario(name: string, parts: Omit<Bench, "use">): Promise<Row[]> {
  const started: { stop(): Promise<void> }[] = [];
  const use: Bench["use"] = async (starting) => {
    const thing = await starting;
    started.push(thing);
    return thing;
  };
  try {
    return (await scenarios[name]?.({ ...parts, use })) ?? [];
  } catch (error) {
    return [{ scenario: name, figure: error instanceof Error ? error.message : String(error), ratio: "", verdict: "failed" }];
  } finally {
    for (const thing of started.reverse()) await thing.stop();
  }
}

interface Settings {
  seconds: number;
  rounds: number;
  /** Names of the scenarios that were asked for; empty: all. */
  partial: string[];
}

async function report(rows: Row[], machine: string[], { seconds, rounds, partial }: Settings): Promise<void> {
  const cell = (text: string) => text.replaceAll("|", "\\|").replaceAll("\n", " ");
  const now = new Date().toISOString();
  const text = [
    `# Benchmark of ${now.slice(0, 16).replace("T", " ")} UTC`,
    "",
    ...machine.map((line) => `- ${line}`),
    `- ${rounds} rounds of ${seconds} s, sides in turn, medians. ${
      processors
        ? `What is measured has processor ${processors.measured}; load, upstream and database share ${processors.others} (${[...onAllProcessors].join(", ")}: all share all).`
        : "Load, upstream, database and gateway share the processor."
    }`,
    "- Ours with everything on: key, limits, hold, journal, usage and ledger in a durable PostgreSQL, metrics, one log line a request.",
    "",
    "| scenario | figures | ratio | verdict |",
    "|-|-|-|-|",
    ...rows.map((row) => `| ${[row.scenario, row.figure, row.ratio, row.verdict].map(cell).join(" | ")} |`),
    "",
  ].join("\n");
  process.stdout.write(text);
  const results = join(import.meta.dirname, "results");
  await mkdir(results, { recursive: true });
  await writeFile(join(results, `${now.slice(0, 10)}${partial.length > 0 ? `-${partial.join("-")}` : ""}.md`), text);
}

function numberAfter(args: string[], name: string): number | null {
  const at = args.indexOf(name);
  if (at === -1) return null;
  const value = Number(args[at + 1]);
  if (!Number.isInteger(value) || value < 1 || value > 60) throw new Error(`${name} takes a whole number from 1 to 60`);
  return value;
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
