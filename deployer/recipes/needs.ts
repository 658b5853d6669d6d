import { memoryNeeds } from "#lib/contracts/instance-memory.ts";
import type { InstanceSpec } from "../drivers/driver.ts";

export interface WeightsSize {
  /** Of all files. */
  bytes: number;
  /** What keys and values of one token take; null where the file does not tell. */
  cacheBytesPerToken: number | null;
}

/** What an instance takes of the machine that it runs on. */
export interface InstanceNeeds {
  memoryBytes: number;
  /** Thousandths of a core. */
  cpuMilli: number;
  gpuCount: number;
  /** Part of the name that the GPUs must have; null: any. */
  gpuModel: string | null;
  /** Tokens of one request, so many that it fits its instance type. */
  contextLength: number;
}

/** What an instance on these weights takes, and how long a request may be so that it fits its type. Pure. */
export function needsOf(spec: InstanceSpec, weights: WeightsSize): InstanceNeeds {
  const { parallel, contextLength } = spec;
  const { cpuMilli, gpuCount, gpuModel, memoryBytes } = spec.resources;
  const { bytes: weightsBytes, cacheBytesPerToken } = weights;
  const needs = memoryNeeds({ weightsBytes, cacheBytesPerToken, contextLength, parallel, memoryBytes: Number(memoryBytes) });
  return { ...needs, cpuMilli, gpuCount, gpuModel };
}
