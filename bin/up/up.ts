import type { Config } from "#lib/config.ts";
import { dataPaths, makeDataDir } from "../installation/data-dir.ts";
import { checkDisk } from "../installation/disk.ts";
import { explain } from "../installation/explain.ts";
import { lockDataDir } from "../installation/lock.ts";
import { checkPorts } from "../installation/ports.ts";
import { Refusal } from "../installation/refusal.ts";
import { say, step } from "../setup/progress.mjs";
import { markRunning } from "../setup/running.mjs";
import type { ChildSpec } from "./child.ts";
import { childSpecs } from "./child-specs.ts";
import { watchSources } from "./dev-watch.ts";
import { endLeftovers } from "./leftovers.ts";
import { ProcessList } from "./process-list.ts";
import { untilPlatformServes } from "./readiness.ts";
import { Stack } from "./stack.ts";
import { listenForStop, Stopped, StopRequest } from "./stop-request.ts";
import { readyBlock } from "./summary.ts";

const usualServingLimitMs = 4_000;

export interface UpOptions {
  dev: boolean;
  /** No deployer and no console: those of another machine do for all. */
  gatewayOnly?: boolean;
  /** Print the final block as one line of JSON. */
  json: boolean;
  /** What to run; default: all of it. Tests run less. */
  children?: ChildSpec[];
  /** How long to wait for the platform's own services, once all processes are ready. */
  servingLimitMs?: number;
}

/** Runs the whole installation until it is asked to stop, and resolves with the exit code. Throws where it cannot start. */
export async function up(config: Config, options: UpOptions): Promise<number> {
  const startedMs = performance.now();
  const stop = new StopRequest();
  const stopListening = listenForStop(stop);
  const failure = failureOutside(stop);
  try {
    await makeDataDir(config.dataDir);
    const lock = await lockDataDir(config.dataDir, { command: "up", consoleUrl: options.gatewayOnly ? null : config.consoleUrl });
    const unmark = await markRunning(config.dataDir);
    try {
      await run(config, options, stop, startedMs);
    } finally {
      await unmark();
      lock.release();
    }
  } finally {
    stopListening();
  }
  return failure.happened() ? 1 : 0;
}

async function run(config: Config, options: UpOptions, stop: StopRequest, startedMs: number): Promise<void> {
  const stack = new Stack(config, stop, options);
  let endWatch = () => {};
  try {
    if (options.gatewayOnly) checkShared(config);
    await checkDisk(config.dataDir);
    await endLeftovers(new ProcessList(dataPaths(config.dataDir).children));
    await checkPorts(config, options);
    stop.throwIfAsked();
    await stack.startDatabase();
    stop.throwIfAsked();
    await stack.startChildren(options.children ?? childSpecs(config, options));
    const servingLimitMs = options.servingLimitMs ?? usualServingLimitMs;
    const serving = await step("Waiting for public/hydra-tiny", () => untilPlatformServes(stack.databaseUrl, stop, servingLimitMs));
    if (options.dev) endWatch = watchSources(stack.children);
    announce(config, options, stack, serving, startedMs);
    say(`Stopping (${await stop.asked}).`);
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
    say("Stopping before the start was complete.");
  } finally {
    endWatch();
    await stack.stop();
  }
}

/** Refuses a further machine that would not be one of the same installation. */
function checkShared({ databaseUrl, secret }: Config): void {
  if (databaseUrl !== null && secret !== null) return;
  throw new Refusal(
    "With --gateway-only this machine serves an installation that stands already: set DATABASE_URL to its database and HYDRA_SECRET to its secret (the file `secret` in its data directory).",
  );
}

function announce(config: Config, options: UpOptions, stack: Stack, serving: boolean, startedMs: number): void {
  const { hasUsers, setupToken } = stack;
  const seconds = (performance.now() - startedMs) / 1_000;
  if (options.json) {
    const { consoleUrl, gatewayPort, dataDir } = config;
    console.log(JSON.stringify({ ready: true, consoleUrl, gatewayPort, dataDir, setupToken, serving, seconds, pid: process.pid }));
  } else {
    const running = stack.children.map(({ spec }) => spec.name);
    console.log(readyBlock({ config, running, hasUsers, setupToken, serving, seconds, pid: process.pid }));
  }
}

/** A failure that nothing caught stops everything in order too, rather than leaving processes without a supervisor. */
function failureOutside(stop: StopRequest): { happened(): boolean } {
  let happened = false;
  process.on("uncaughtException", (error) => {
    happened = true;
    say(explain(error));
    stop.raise("a failure of its own");
  });
  return { happened: () => happened };
}
