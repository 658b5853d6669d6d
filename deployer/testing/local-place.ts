import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rootDir } from "#lib/config.ts";
import type { ContractPlace } from "../drivers/contract.ts";
import type { Driver } from "../drivers/driver.ts";
import { findEngines } from "../drivers/local/command-lines.ts";
import { createLocalDriver } from "../drivers/local/local-driver.ts";
import { engineCommand, weightsCandidates } from "../recipes/engine-command.ts";

export interface LocalPlace extends ContractPlace {
  dataDir: string;
  instancesDir: string;
}

/** A data directory of its own, with a space in its path, and the real engine on the real weights. */
export async function createLocalPlace(): Promise<LocalPlace> {
  const dataDir = await realpath(await mkdtemp(join(tmpdir(), "hydra local ")));
  const instancesDir = join(dataDir, "instances");
  await mkdir(join(dataDir, "models", "broken"), { recursive: true });
  await writeFile(join(dataDir, "models", "broken", "weights.gguf"), "these are no weights");
  const spec = {
    serviceId: "svc",
    accessName: "public/hydra-tiny",
    weightsFile: "hydra-tiny/tiny-chat.gguf",
    contextLength: 512,
    parallel: 2,
  };
  const pids = async () => (await findEngines(instancesDir)).map((one) => one.pid);
  return {
    dataDir,
    instancesDir,
    spec,
    blocked: { spec: { ...spec, weightsFile: "hydra-tiny/none.gguf" }, reason: "weights_missing" },
    open: () => openLocalDriver(dataDir),
    crash: async (ref) => void process.kill(ref.pid as number, "SIGKILL"),
    count: async () => (await pids()).length,
    async dispose() {
      for (const pid of await pids()) {
        try {
          process.kill(pid, "SIGKILL");
        } catch {
          // It ended by itself meanwhile.
        }
      }
      await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** A local driver as main.ts makes it, on the real engine. */
export function openLocalDriver(dataDir: string): Driver {
  const folders = [join(dataDir, "models"), join(rootDir, "models")];
  const engine = join(rootDir, "engine", "main.ts");
  return createLocalDriver({
    dataDir,
    weightsCandidates: (file) => weightsCandidates(file, folders),
    command: ({ ref: { instanceId, serviceId }, spec, weights, stateFile }) =>
      engineCommand({ ...spec, engine, instanceId, serviceId, weights, stateFile }),
    engineEnv: { PATH: process.env.PATH ?? "" },
  });
}
