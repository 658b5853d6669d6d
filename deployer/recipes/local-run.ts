import { type WeightsRef, wholeRepository } from "../weights/ref.ts";
import { threadsOf } from "./argument.ts";
import { engineCommand } from "./engine-command.ts";
import { llamaServerCommand } from "./llama-server.ts";
import type { ProgramCommand } from "./program.ts";
import { vllmServeCommand } from "./vllm-serve.ts";

/** Programs that this machine has beside the engine: absolute paths, null for what is not installed. */
export interface InstalledPrograms {
  llamaServer: string | null;
  vllm: string | null;
}

/** What is to run, as far as it decides how. */
export interface LocalSpec {
  accessName: string;
  model: { slug: string; kind: string; parameters: bigint | null; repository: string | null };
  weights: WeightsRef | null;
  contextLength: number;
  parallel: number;
  resources: { cpuMilli: number; gpuCount: number };
}

export type Runtime = "engine" | "llama-server" | "vllm";

/** Below this many numbers a second thread costs more than it brings. */
const manyParameters = 100_000_000n;

/**
 * Which program runs a model on this machine. vLLM where it is installed and the instance has a GPU, from the maker's own
 * repository; llama.cpp's server where that is installed; else the engine, and always for the weights that come with Hydra.
 */
export function chooseRuntime({ weights, model, resources }: LocalSpec, installed: InstalledPrograms): Runtime {
  if (weights?.source === "bundled") return "engine";
  const whole = weights?.format === "safetensors" || (model.repository !== null && weights?.source !== "import");
  if (installed.vllm !== null && resources.gpuCount > 0 && whole) return "vllm";
  return installed.llamaServer !== null && weights?.format === "gguf" ? "llama-server" : "engine";
}

/** The weights that the chosen program loads; null where nothing here can run the model. */
export function localWeights(spec: LocalSpec, installed: InstalledPrograms): WeightsRef | null {
  const { weights, model } = spec;
  if (chooseRuntime(spec, installed) !== "vllm") return weights?.format === "gguf" ? weights : null;
  return weights?.format === "safetensors" || model.repository === null ? weights : wholeRepository(model.repository);
}

export interface LocalRunInput {
  spec: LocalSpec;
  installed: InstalledPrograms;
  /** Absolute paths of the entry files of the engine and of what stands before another program. */
  entries: { engine: string; runtime: string };
  instanceId: string;
  serviceId: string;
  /** Where the weights of {@link localWeights} lie. */
  weights: { path: string; projectorPath: string | null };
  /** Absolute path of the file in which the run says where it listens. */
  stateFile: string;
}

export interface LocalRun {
  /** Arguments for Node. */
  args: string[];
  /** What it needs in its environment besides. */
  env: Record<string, string>;
}

/** How one instance is started on this machine. Pure. */
export function localRun(input: LocalRunInput): LocalRun {
  const { spec, instanceId, serviceId, stateFile, entries } = input;
  const program = programOf(input);
  const { accessName, contextLength, parallel } = spec;
  if (program === null) {
    const { path: weights, projectorPath: projector } = input.weights;
    const threads = (spec.model.parameters ?? manyParameters) < manyParameters ? 1 : threadsOf(spec.resources);
    const { engine } = entries;
    return {
      args: engineCommand({ engine, instanceId, serviceId, accessName, weights, projector, contextLength, parallel, threads, stateFile }),
      env: {},
    };
  }
  const own = ["--instance", instanceId, "--service", serviceId, "--key-variable", program.keyVariable, "--state", stateFile];
  return { args: [entries.runtime, ...own, "--", program.file, ...program.args], env: program.env };
}

function programOf({ spec, installed, weights }: LocalRunInput): ProgramCommand | null {
  const { accessName, contextLength, parallel, resources } = spec;
  const common = { accessName, contextLength, parallel, weights: weights.path, gpuCount: resources.gpuCount };
  const runtime = chooseRuntime(spec, installed);
  if (runtime === "vllm" && installed.vllm !== null) return vllmServeCommand({ ...common, file: installed.vllm });
  if (runtime !== "llama-server" || installed.llamaServer === null) return null;
  const embedding = spec.model.kind === "embedding";
  return llamaServerCommand({
    ...common,
    file: installed.llamaServer,
    projector: weights.projectorPath,
    embedding,
    threads: threadsOf(resources),
  });
}
