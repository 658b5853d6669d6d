import { type Driver, RegionUnreachableError } from "#deployer/drivers/driver.ts";
import { createDriverRegistry } from "#deployer/drivers/registry.ts";
import { startLoop } from "#deployer/reconcile/loop.ts";
import { openLocal } from "#deployer/testing/local-place.ts";
import { parseChildConfig } from "#lib/config.ts";
import { watchChanges } from "#lib/db/changes.ts";
import { type Db, openDatabase } from "#lib/db/client.ts";
import { createLogger } from "#lib/observability/logger.ts";
import { databaseSteps, driverSteps, stepping } from "./stepping.ts";

// A deployer that kills itself right after the step whose number it is given: a write to the database, or a touch of a
// process. Right before a step is right after the one before it.

const killAt = Number(process.argv[2]);
let steps = 0;

function step(): void {
  steps += 1;
  if (steps === killAt) process.kill(process.pid, "SIGKILL");
}

function elsewhere(): never {
  throw new RegionUnreachableError("this deployer knows its own machine only");
}

const config = parseChildConfig(process.env);
const db: Db = stepping(openDatabase(config.databaseUrl, { poolSize: 5 }), databaseSteps, step);
const local: Driver = stepping(openLocal(config.dataDir), driverSteps, step);
const loop = startLoop({
  db,
  drivers: createDriverRegistry({ local: () => local, kubernetes: elsewhere, upstream: elsewhere }),
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
