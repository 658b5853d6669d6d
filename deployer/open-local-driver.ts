import { join } from "node:path";
import { rootDir } from "#lib/config.ts";
import { readGgufFile } from "#lib/gguf/file.ts";
import type { Hubs } from "#lib/hub/hubs.ts";
import type { Logger } from "#lib/observability/logger.ts";
import type { Driver } from "./drivers/driver.ts";
import { createLocalDriver, type LocalDriverOptions } from "./drivers/local/local-driver.ts";
import { type InstalledPrograms, localRun, localWeights } from "./recipes/local-run.ts";
import { createWeightsStore, type WeightsStore, type WeightsStoreOptions } from "./weights/store.ts";

/** The weights store of a data directory. */
export function openWeights(
  dataDir: string,
  hubs: Hubs,
  logger: Pick<Logger, "info" | "warn">,
  told: Pick<WeightsStoreOptions, "onDownloaded"> = {},
): WeightsStore {
  return createWeightsStore({ modelsDir: join(dataDir, "models"), bundledDir: join(rootDir, "models"), hubs, logger, ...told });
}

export interface LocalPlaceOptions extends Pick<LocalDriverOptions, "dataDir" | "weights" | "machine"> {
  /** The engine's whole environment, but for what the driver adds. */
  env: Record<string, string>;
  /** Programs that may take the engine's place; left out: none. */
  installed?: InstalledPrograms;
}

const entries = { engine: join(rootDir, "engine", "main.ts"), runtime: join(rootDir, "deployer", "runtimes", "main.ts") };

/** The driver of this machine, with the engine that comes with Hydra and what else is installed. */
export function openLocalDriver({ env, installed = { llamaServer: null, vllm: null }, ...options }: LocalPlaceOptions): Driver {
  return createLocalDriver({
    ...options,
    cacheBytesPerToken,
    weightsOf: (spec) => localWeights(spec, installed),
    command: ({ ref, spec, weights, stateFile }) => {
      const { instanceId, serviceId } = ref;
      const run = localRun({ spec, installed, entries, instanceId, serviceId, weights, stateFile });
      return { file: process.execPath, args: run.args, env: { ...env, ...run.env } };
    },
  });
}

/** What the weights file itself says; null where it is none that can be read. */
async function cacheBytesPerToken(path: string): Promise<number | null> {
  const header = await readGgufFile(path).catch(() => null);
  return header?.cacheBytesPerToken ?? null;
}
