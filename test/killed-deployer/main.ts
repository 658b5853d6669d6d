import type { Driver } from "#deployer/drivers/driver.ts";
import { startLoop } from "#deployer/reconcile/loop.ts";
import { openLocalDriver } from "#deployer/testing/local-place.ts";
import { parseChildConfig } from "#lib/config.ts";
import { watchChanges } from "#lib/db/changes.ts";
import { type Db, openDatabase } from "#lib/db/client.ts";
import { createLogger } from "#lib/observability/logger.ts";

// A deployer that kills itself right after the step whose number it is given: a write to the database, or a touch of a
// process. Right before a step is right after the one before it.

const killAt = Number(process.argv[2]);
let steps = 0;

function step(): void {
  steps += 1;
  if (steps === killAt) process.kill(process.pid, "SIGKILL");
}

/** The same object, with steps around the methods of these names. */
function stepping<T extends object>(target: T, names: readonly string[]): T {
  return new Proxy(target, {
    get(inner, name) {
      const member = Reflect.get(inner, name);
      if (typeof member !== "function") return member;
      if (!names.includes(String(name))) return member.bind(inner);
      return async (...args: unknown[]) => {
        const result = await member.apply(inner, args);
        step();
        return result;
      };
    },
  });
}

const config = parseChildConfig(process.env);
const db: Db = stepping(openDatabase(config.databaseUrl, { poolSize: 5 }), ["$transaction", "$executeRaw", "$queryRaw"]);
const local: Driver = stepping(openLocalDriver(config.dataDir), ["start", "stop", "end"]);
const loop = startLoop({
  db,
  drivers: new Map([["local", local]]),
  holder: `killed at ${killAt}`,
  logger: createLogger("deployer", { level: "info", format: "json" }),
  now: () => new Date(),
  random: Math.random,
});
watchChanges(
  config.databaseDirectUrl,
  ["services", "instances"],
  () => loop.wake(),
  () => {},
);
