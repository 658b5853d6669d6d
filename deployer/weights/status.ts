export interface ReadyWeights {
  /** A file, or a folder for a whole repository; of a split file the first. */
  path: string;
  projectorPath: string | null;
  /** Of all files together. */
  sizeBytes: number;
}

/** What the store knows of some weights at this moment. */
export type WeightsStatus =
  | ({ state: "ready" } & ReadyWeights)
  | { state: "absent" }
  | { state: "downloading"; doneBytes: number; totalBytes: number | null; bytesPerSecond: number }
  | { state: "failed"; reason: "download_failed" | "disk_full" | "weights_missing"; data: Record<string, string | number> };
