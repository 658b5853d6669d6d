import type { InstanceSpec, Obstacle } from "../driver.ts";
import type { KubernetesSettings } from "./settings.ts";

/** The newest that the flags below were checked with; `--shutdown-timeout` came with 0.18. */
const image = "vllm/vllm-openai:v0.18.0";
export const enginePort = 8000;
/** Where weights are downloaded to. */
export const weightsDir = "/weights";
/** What running answers get after SIGTERM. */
export const drainSeconds = 10;

export interface EngineCommand {
  image: string;
  command: string[];
  args: string[];
}

/** Why vLLM cannot serve a model at all; null where it can. */
export function unservable(spec: InstanceSpec): Obstacle | null {
  if (spec.model.kind === "image_generation") {
    const detail = "vLLM generates no images; offer this model through an upstream region";
    return { reason: "unschedulable", data: { resource: "engine", detail } };
  }
  return repositoryOf(spec) ? null : { reason: "weights_missing", data: { file: spec.model.slug } };
}

/** The command line of `vllm serve` for an instance. Pure; arguments are an array, so that no name can become a flag's end. */
export function vllmCommand(spec: InstanceSpec, settings: KubernetesSettings): EngineCommand {
  const own = settings.models[spec.model.slug];
  const source = repositoryOf(spec);
  if (!source) throw new Error(`model ${spec.model.slug} has no repository`);
  const flags: [string, string | number | null | undefined][] = [
    ["--served-model-name", spec.accessName],
    ["--host", "0.0.0.0"],
    ["--port", enginePort],
    ["--max-model-len", spec.contextLength],
    ["--max-num-seqs", spec.parallel],
    ["--tensor-parallel-size", spec.resources.gpuCount > 1 ? spec.resources.gpuCount : null],
    ["--revision", source.revision],
    ["--quantization", own?.quantization],
    ["--runner", spec.model.kind === "embedding" ? "pooling" : null],
    ["--shutdown-timeout", drainSeconds],
  ];
  const given = flags.flatMap(([name, value]) => (value === null || value === undefined ? [] : [name, String(value)]));
  return {
    image: own?.image ?? settings.image ?? image,
    command: ["vllm", "serve"],
    args: [source.repository, ...given, ...(own?.args ?? [])],
  };
}

/** Bytes that a claim for the weights asks for: what is to be downloaded, half precision where nobody says, and some air. */
export function weightsBytes(spec: InstanceSpec): bigint {
  const gibibyte = 1_073_741_824n;
  const known = spec.weights?.format === "safetensors" ? spec.weights.sizeBytes : null;
  const bytes = known !== null && known !== undefined ? BigInt(known) : (spec.model.parameters ?? 0n) * 2n;
  return ((bytes * 5n) / 4n / gibibyte) * gibibyte + 2n * gibibyte;
}

/** vLLM loads whole repositories; a single GGUF file is the local driver's. */
function repositoryOf(spec: InstanceSpec): { repository: string; revision: string | null } | null {
  const { weights, model } = spec;
  if (weights?.source === "hub" && weights.format === "safetensors")
    return { repository: weights.repository, revision: weights.revision || null };
  return model.repository ? { repository: model.repository, revision: null } : null;
}
