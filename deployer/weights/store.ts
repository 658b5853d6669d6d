import { join } from "node:path";
import type { Hubs } from "#lib/hub/hubs.ts";
import type { Logger } from "#lib/observability/logger.ts";
import { createDiskSpace } from "./disk-space.ts";
import { Fetching, type FetchingDeps } from "./fetching.ts";
import { completeBytes, hubFolder, isInside } from "./places.ts";
import type { WeightsRef } from "./ref.ts";
import type { ReadyWeights, WeightsStatus } from "./status.ts";

export type { WeightsStatus };

/** Weights on this machine's disk, shared by all instances and all deployers of the machine. */
export interface WeightsStore {
  /** Cheap: may be asked at each look. A failure stays until its next try is due; then it is `absent`, so that a fetch tries again. */
  status(ref: WeightsRef): Promise<WeightsStatus>;
  /** Starts the download, or joins one that runs, in the background; may be called at any time. */
  fetch(ref: WeightsRef): void;
  /** Stops downloads; what has come so far stays, and the next fetch resumes it. */
  close(): Promise<void>;
}

export interface WeightsStoreOptions {
  /** Downloads and imports lie below it; looked in first for bundled weights too. */
  modelsDir: string;
  /** Where weights that came with Hydra lie. */
  bundledDir: string;
  hubs: Hubs;
  logger: Pick<Logger, "info" | "warn">;
  /** Room that is always left on the disk. */
  reserveBytes?: number;
  freeBytes?: (folder: string) => Promise<number>;
  stallMs?: number;
  retryBaseMs?: number;
  spaceCheckBytes?: number;
  /** Told once for each download of this store's own; what it throws is logged. */
  onDownloaded?: (ref: WeightsRef, ready: ReadyWeights) => Promise<void>;
  /** How often a process that waits for another's download looks. */
  pollMs?: number;
  random?: () => number;
}

const mebibyte = 1024 * 1024;

/** The store of one data directory. Several may be open on it, in one process or more. */
export function createWeightsStore(options: WeightsStoreOptions): WeightsStore {
  const { modelsDir, bundledDir } = options;
  const fetchings = new Map<string, Fetching>();
  let closed = false;
  const deps: FetchingDeps = {
    modelsDir,
    hubs: options.hubs,
    logger: options.logger,
    disk: createDiskSpace(options.reserveBytes ?? 512 * mebibyte, options.freeBytes),
    stallMs: options.stallMs ?? 60_000,
    retryBaseMs: options.retryBaseMs ?? 500,
    spaceCheckBytes: options.spaceCheckBytes ?? 64 * mebibyte,
    pollMs: options.pollMs ?? 500,
    random: options.random ?? Math.random,
    async onDownloaded(ref) {
      const ready = await readyIn(hubFolder(modelsDir, ref), ref);
      if (ready) await options.onDownloaded?.(ref, ready);
    },
  };
  return {
    async status(ref) {
      if (!isInside(ref)) return missing(ref);
      if (ref.source !== "hub") return localStatus(ref, ref.source === "bundled" ? [modelsDir, bundledDir] : [modelsDir]);
      const ready = await readyIn(hubFolder(modelsDir, ref), ref);
      if (ready) fetchings.delete(keyOf(ref));
      return ready ?? fetchings.get(keyOf(ref))?.status() ?? { state: "absent" };
    },
    fetch(ref) {
      if (closed || ref.source !== "hub" || !isInside(ref)) return;
      const known = fetchings.get(keyOf(ref));
      if (known) return known.again();
      fetchings.set(keyOf(ref), new Fetching(deps, ref));
    },
    async close() {
      closed = true;
      await Promise.all([...fetchings.values()].map((fetching) => fetching.stop()));
    },
  };
}

/** One download for all models that name the same files. */
function keyOf({ hub, repository, revision, file, projectorFile }: WeightsRef): string {
  return JSON.stringify([hub, repository, revision, file, projectorFile]);
}

/** Weights that nobody downloads: there, in the first folder that has them all, or missing. */
async function localStatus(ref: WeightsRef, folders: readonly string[]): Promise<WeightsStatus> {
  for (const folder of folders) {
    const ready = await readyIn(folder, ref);
    if (ready) return ready;
  }
  return missing(ref);
}

function missing({ file }: WeightsRef): WeightsStatus {
  return { state: "failed", reason: "weights_missing", data: { file: file || "—" } };
}

async function readyIn(folder: string, ref: WeightsRef): Promise<({ state: "ready" } & ReadyWeights) | null> {
  const sizeBytes = await completeBytes(folder, ref);
  if (sizeBytes === null) return null;
  const projectorPath = ref.projectorFile === null ? null : join(folder, ref.projectorFile);
  return { state: "ready", path: join(folder, ref.file), projectorPath, sizeBytes };
}
