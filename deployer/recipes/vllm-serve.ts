import { flag } from "./argument.ts";
import { type ProgramCommand, portPlaceholder } from "./program.ts";

export interface VllmServeInput {
  /** The program; absolute. */
  file: string;
  /** Absolute path of a folder with a whole repository. */
  weights: string;
  accessName: string;
  /** Tokens of one request. */
  contextLength: number;
  /** Requests worked on at once. */
  parallel: number;
  gpuCount: number;
}

/** `vllm serve`, on weights that lie here already, so that it asks no hub for anything. Quantisation it reads from the weights. */
export function vllmServeCommand(input: VllmServeInput): ProgramCommand {
  if (!input.weights.startsWith("/")) throw new RangeError(`weights cannot be ${JSON.stringify(input.weights)}`);
  return {
    file: input.file,
    args: [
      "serve",
      input.weights,
      ...flag("--served-model-name", input.accessName),
      ...flag("--host", "127.0.0.1"),
      ...flag("--port", portPlaceholder),
      ...flag("--max-model-len", input.contextLength),
      ...flag("--max-num-seqs", input.parallel),
      ...flag("--tensor-parallel-size", Math.max(1, input.gpuCount)),
    ],
    keyVariable: "VLLM_API_KEY",
    env: { HF_HUB_OFFLINE: "1", VLLM_NO_USAGE_STATS: "1" },
  };
}
