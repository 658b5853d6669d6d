import { stat } from "node:fs/promises";
import type { WeightsSize } from "../../recipes/needs.ts";
import type { InstanceSpec, Obstacle, WeightsRef } from "../driver.ts";

/** Weights on this machine, as far as this driver asks: see deployer/weights/store.ts. */
export interface LocalWeights {
  status(
    ref: WeightsRef,
  ): Promise<
    | { state: "ready"; path: string; projectorPath: string | null; sizeBytes: number }
    | { state: "absent" }
    | { state: "downloading"; doneBytes: number; totalBytes: number | null; bytesPerSecond: number }
    | { state: "failed"; reason: "download_failed" | "disk_full" | "weights_missing"; data: Record<string, string | number> }
  >;
  fetch(ref: WeightsRef): void;
}

export interface ReadyWeights {
  path: string;
  projectorPath: string | null;
  /** Of all files. */
  sizeBytes: number;
}

/** Where the weights lie, or why a start has to wait for them; asks for them where they are not here. */
export async function findWeights(store: LocalWeights, { weights, model }: InstanceSpec): Promise<ReadyWeights | { obstacle: Obstacle }> {
  if (!weights) return { obstacle: { reason: "weights_missing", data: { file: model.slug } } };
  const status = await store.status(weights);
  switch (status.state) {
    case "ready":
      return { path: status.path, projectorPath: status.projectorPath, sizeBytes: status.sizeBytes };
    case "failed":
      return { obstacle: { reason: status.reason, data: status.data } };
    case "absent":
      store.fetch(weights);
      return { obstacle: downloading(0, weights.sizeBytes, 0) };
    case "downloading":
      return { obstacle: downloading(status.doneBytes, status.totalBytes, status.bytesPerSecond) };
  }
}

function downloading(doneBytes: number, totalBytes: number | null, bytesPerSecond: number): Obstacle {
  return {
    reason: "downloading_weights",
    data: { doneBytes, ...(totalBytes === null ? {} : { totalBytes }), bytesPerSecond: Math.round(bytesPerSecond) },
  };
}

/** What weights take in memory; a file's header is read once while it stays the same. */
export class WeightsSizes {
  readonly #cacheBytesPerToken: (path: string) => Promise<number | null>;
  readonly #known = new Map<string, { stamp: string; cacheBytesPerToken: number | null }>();

  constructor(cacheBytesPerToken: (path: string) => Promise<number | null>) {
    this.#cacheBytesPerToken = cacheBytesPerToken;
  }

  async of({ path, sizeBytes }: ReadyWeights): Promise<WeightsSize> {
    const found = await stat(path);
    const stamp = `${found.size} ${found.mtimeMs}`;
    let known = this.#known.get(path);
    if (known?.stamp !== stamp) {
      known = { stamp, cacheBytesPerToken: found.isFile() ? await this.#cacheBytesPerToken(path) : null };
      this.#known.set(path, known);
    }
    return { bytes: sizeBytes, cacheBytesPerToken: known.cacheBytesPerToken };
  }
}
