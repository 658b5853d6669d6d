import { promptCacheMebibytes } from "#lib/contracts/instance-memory.ts";
import { flag } from "./argument.ts";

export interface EngineCommandInput {
  /** Absolute path of the engine's entry file. */
  engine: string;
  instanceId: string;
  serviceId: string;
  accessName: string;
  /** Absolute path. */
  weights: string;
  /** Absolute path of the image encoder's weights; null where the model reads text alone. */
  projector: string | null;
  /** Tokens. */
  contextLength: number;
  /** Requests worked on at once. */
  parallel: number;
  threads: number;
  /** Absolute path of the file in which the engine says where it listens. */
  stateFile: string;
}

/** Arguments for Node that start one engine. An array, never a shell line: names from rows cannot become flags or commands. */
export function engineCommand(input: EngineCommandInput): string[] {
  return [
    input.engine,
    ...flag("--instance", input.instanceId),
    ...flag("--service", input.serviceId),
    ...flag("--model", input.weights),
    ...flag("--name", input.accessName),
    ...flag("--context", input.contextLength),
    ...flag("--parallel", input.parallel),
    ...flag("--threads", input.threads),
    ...flag("--cache", promptCacheMebibytes),
    ...(input.projector === null ? [] : flag("--projector", input.projector)),
    ...flag("--state", input.stateFile),
  ];
}
