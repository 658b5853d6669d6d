/** A value that a flag of `vllm serve` takes. */
type Kind = "text" | "whole" | "fraction" | "switch";

/** The flags of `vllm serve` that this agent knows. A flag that is not listed is refused, as vLLM's own parser refuses it. */
const flags: Record<string, Kind> = {
  "--served-model-name": "text",
  "--host": "text",
  "--port": "whole",
  "--max-model-len": "whole",
  "--max-num-seqs": "whole",
  "--tensor-parallel-size": "whole",
  "--pipeline-parallel-size": "whole",
  "--revision": "text",
  "--quantization": "text",
  "--runner": "text",
  "--dtype": "text",
  "--gpu-memory-utilization": "fraction",
  "--shutdown-timeout": "whole",
  "--enable-auto-tool-choice": "switch",
  "--tool-call-parser": "text",
  "--reasoning-parser": "text",
};

const quantizations = new Set(["awq", "awq_marlin", "gptq", "gptq_marlin", "fp8", "bitsandbytes", "gguf", "compressed-tensors"]);

export interface ServeArguments {
  model: string;
  servedName: string;
  port: number;
  contextLength: number;
  parallel: number;
  tensorParallel: number;
  shutdownSeconds: number;
}

export class UsageError extends Error {
  override name = "UsageError";
}

/** Reads a container's `command` and `args`, which must be `vllm serve <model> …`. Throws {@link UsageError}. */
export function parseServe(argv: readonly string[]): ServeArguments {
  const [program, verb, model, ...rest] = argv;
  if (program !== "vllm" || verb !== "serve") throw new UsageError(`this agent runs vllm serve, not ${argv.slice(0, 2).join(" ")}`);
  if (!model || model.startsWith("-")) throw new UsageError("vllm serve: error: the following arguments are required: model_tag");
  const given = readFlags(rest);
  const quantization = given.get("--quantization");
  if (quantization && !quantizations.has(quantization)) throw new UsageError(`vllm serve: error: unknown quantization ${quantization}`);
  const whole = (name: string, otherwise: number) => Number(given.get(name) ?? otherwise);
  return {
    model,
    servedName: given.get("--served-model-name") ?? model,
    port: whole("--port", 8000),
    contextLength: whole("--max-model-len", 512),
    parallel: whole("--max-num-seqs", 4),
    tensorParallel: whole("--tensor-parallel-size", 1),
    shutdownSeconds: whole("--shutdown-timeout", 0),
  };
}

function readFlags(args: readonly string[]): Map<string, string> {
  const given = new Map<string, string>();
  for (let at = 0; at < args.length; at++) {
    const name = args[at] ?? "";
    const kind = flags[name];
    if (!kind) throw new UsageError(`vllm serve: error: unrecognized arguments: ${name}`);
    if (given.has(name)) throw new UsageError(`vllm serve: error: ${name} is given twice`);
    const value = kind === "switch" ? "true" : args[++at];
    if (value === undefined || !isOfKind(value, kind)) throw new UsageError(`vllm serve: error: argument ${name}: invalid value: ${value}`);
    given.set(name, value);
  }
  return given;
}

function isOfKind(value: string, kind: Kind): boolean {
  if (kind === "whole") return /^\d+$/.test(value);
  return kind === "fraction" ? Number(value) > 0 && Number(value) <= 1 : value !== "" && !value.startsWith("--");
}
