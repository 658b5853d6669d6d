import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseConfig } from "#lib/config.ts";
import { createHubs } from "#lib/hub/hubs.ts";
import { type ContractPlace, newRef } from "../drivers/contract.ts";
import type { Driver, InstanceSpec } from "../drivers/driver.ts";
import type { Machine } from "../drivers/local/capacity.ts";
import { findEngines } from "../drivers/local/command-lines.ts";
import { openLocalDriver, openWeights } from "../open-local-driver.ts";

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
  const pids = async () => (await findEngines(instancesDir)).map((one) => one.pid);
  return {
    dataDir,
    instancesDir,
    spec: localSpec("hydra-tiny/tiny-chat.gguf"),
    blocked: { spec: localSpec("hydra-tiny/none.gguf"), reason: "weights_missing" },
    broken: { spec: localSpec("broken/weights.gguf"), says: /broken.weights\.gguf/ },
    logSays: /"msg":"listening"/,
    cut: null,
    newRef,
    open: () => openLocal(dataDir),
    crash: async (ref) => void process.kill(ref.pid as number, "SIGKILL"),
    async hang({ pid }) {
      process.kill(pid as number, "SIGSTOP");
      return async () => void process.kill(pid as number, "SIGCONT");
    },
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

/** Something small to run on weights that lie below a weights folder. */
export function localSpec(file: string): InstanceSpec {
  const bundled = {
    source: "bundled",
    hub: null,
    repository: "",
    revision: "",
    projectorFile: null,
    sizeBytes: null,
    sha256: null,
  } as const;
  return {
    serviceId: "svc",
    accessName: "public/hydra-tiny",
    model: { slug: "hydra-tiny", kind: "text_generation", parameters: null, repository: null },
    weights: { id: "wts", ...bundled, file, format: "gguf" },
    contextLength: 512,
    parallel: 2,
    resources: { cpuMilli: 100, memoryBytes: 1_073_741_824n, gpuCount: 0, gpuModel: null },
    region: { id: "reg", name: "local", settings: {} },
  };
}

/** A local driver as main.ts makes it, on the real engine; `machine` stands in for what this one has. */
export function openLocal(dataDir: string, machine?: () => Promise<Machine>): Driver {
  const weights = openWeights(dataDir, createHubs(parseConfig({})), { info: () => {}, warn: () => {} });
  return openLocalDriver({ dataDir, weights, env: { PATH: process.env.PATH ?? "" }, ...(machine ? { machine } : {}) });
}
