import { fittingContext } from "../../recipes/fitting-context.ts";
import type { InstanceSpec } from "../driver.ts";
import type { Needs } from "./capacity.ts";

const mebibyte = 1024 * 1024;
/** An engine without weights: Node, llama.cpp and its work space for a batch. Measured: 136 MiB with the smallest model. */
const engineBytes = 176 * mebibyte;
/** Where a file does not tell its layers: models of a few thousand million parameters keep about this share of themselves a token. */
const unknownCacheShare = 1 / 80_000;

export interface WeightsSize {
  /** Of all files. */
  bytes: number;
  /** What keys and values of one token take; null where the file does not tell. */
  cacheBytesPerToken: number | null;
}

/**
 * What an engine on these weights takes: the weights, the keys and values of every request at full length, and itself; and how
 * long a request may be, so that this is no more than the instance type gives, if that can be. Pure.
 */
export function needsOf(spec: InstanceSpec, weights: WeightsSize): Needs & { contextLength: number } {
  const { parallel, resources } = spec;
  const cacheBytesPerToken = weights.cacheBytesPerToken ?? Math.ceil(weights.bytes * unknownCacheShare);
  const fixedBytes = engineBytes + weights.bytes;
  const freeBytes = Number(resources.memoryBytes) - fixedBytes;
  const contextLength = fittingContext({ contextLength: spec.contextLength, parallel, freeBytes, cacheBytesPerToken });
  const { cpuMilli, gpuCount, gpuModel } = resources;
  return { memoryBytes: fixedBytes + contextLength * parallel * cacheBytesPerToken, cpuMilli, gpuCount, gpuModel, contextLength };
}
