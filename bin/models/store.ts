import { join } from "node:path";
import { openWeights } from "#deployer/open-local-driver.ts";
import type { WeightsStore } from "#deployer/weights/store.ts";
import type { Config } from "#lib/config.ts";
import { createHubs } from "#lib/hub/hubs.ts";

/** What fails is said by the command itself. */
const silent = { info: () => {}, warn: () => {} };

/** Where downloads and imports of an installation lie. */
export function modelsDir(config: Pick<Config, "dataDir">): string {
  return join(config.dataDir, "models");
}

/** The same store that the deployer has: a download by either is one download. */
export function openStore(config: Config): WeightsStore {
  return openWeights(config.dataDir, createHubs(config), silent);
}
