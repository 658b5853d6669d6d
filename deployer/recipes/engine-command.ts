import { isAbsolute, join, normalize, sep } from "node:path";

export interface EngineCommandInput {
  /** Absolute path of the engine's entry file. */
  engine: string;
  instanceId: string;
  serviceId: string;
  accessName: string;
  /** Absolute path; see {@link weightsCandidates}. */
  weights: string;
  /** Tokens. */
  contextLength: number;
  /** Requests worked on at once. */
  parallel: number;
  /** Absolute path of the file in which the engine says where it listens. */
  stateFile: string;
}

/** Arguments for Node that start one engine. An array, never a shell line: names from rows cannot become flags or commands. */
export function engineCommand(input: EngineCommandInput): string[] {
  const options = {
    instance: input.instanceId,
    service: input.serviceId,
    model: input.weights,
    name: input.accessName,
    context: String(input.contextLength),
    parallel: String(input.parallel),
    state: input.stateFile,
  };
  for (const [name, value] of Object.entries(options)) {
    if (value === "" || value.startsWith("-") || value.includes("\0")) throw new RangeError(`--${name} cannot be ${JSON.stringify(value)}`);
  }
  return [input.engine, ...Object.entries(options).flatMap(([name, value]) => [`--${name}`, value])];
}

/** Where a weights file may lie, in the order to look; empty for a path that leads out of the folders. */
export function weightsCandidates(weightsFile: string, folders: readonly string[]): string[] {
  if (isAbsolute(weightsFile) || weightsFile.includes("\0") || weightsFile.includes("\\")) return [];
  const inside = normalize(weightsFile);
  if (inside === "." || inside === ".." || inside.startsWith(`..${sep}`)) return [];
  return folders.map((folder) => join(folder, inside));
}
