import { promptCacheMebibytes } from "#lib/contracts/instance-memory.ts";
import { flag } from "./argument.ts";
import { type ProgramCommand, portPlaceholder } from "./program.ts";

export interface LlamaServerInput {
  /** The program; absolute. */
  file: string;
  /** Absolute path. */
  weights: string;
  /** Absolute path of the image encoder's weights; null where the model reads text alone. */
  projector: string | null;
  accessName: string;
  embedding: boolean;
  /** Tokens of one request. */
  contextLength: number;
  /** Requests worked on at once. */
  parallel: number;
  threads: number;
  gpuCount: number;
}

/** More than any model has: all of them. */
const everyLayer = 999;

/** llama.cpp's own server, with flags that its versions have had for long. Its key comes by the environment, as `ps` shows flags to all. */
export function llamaServerCommand(input: LlamaServerInput): ProgramCommand {
  return {
    file: input.file,
    args: [
      ...flag("--model", input.weights),
      ...flag("--alias", input.accessName),
      ...flag("--host", "127.0.0.1"),
      ...flag("--port", portPlaceholder),
      // It shares this among its slots.
      ...flag("--ctx-size", input.contextLength * input.parallel),
      ...flag("--parallel", input.parallel),
      ...flag("--threads", input.threads),
      ...flag("--n-gpu-layers", input.gpuCount > 0 ? everyLayer : 0),
      ...(input.projector === null ? [] : flag("--mmproj", input.projector)),
      input.embedding ? "--embedding" : "--jinja",
    ],
    keyVariable: "LLAMA_API_KEY",
    // By default it keeps up to 8 GiB of earlier prompts. A flag would end versions that do not have it; a variable does not.
    env: { LLAMA_ARG_CACHE_RAM: String(promptCacheMebibytes) },
  };
}
