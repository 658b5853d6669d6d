import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { tryFileLock } from "#lib/file-lock.ts";
import type { Hubs } from "#lib/hub/hubs.ts";
import type { Logger } from "#lib/observability/logger.ts";
import type { DownloadDeps } from "./download.ts";
import { explainFailure, type Failure } from "./failure.ts";
import { fetchSet, isComplete, measure } from "./fetch-set.ts";
import { lockFile } from "./places.ts";
import { createRate } from "./rate.ts";
import type { WeightsRef } from "./ref.ts";
import type { WeightsStatus } from "./status.ts";

export interface FetchingDeps extends Omit<DownloadDeps, "hub"> {
  modelsDir: string;
  hubs: Hubs;
  logger: Pick<Logger, "info" | "warn">;
  pollMs: number;
  onDownloaded: (ref: WeightsRef) => Promise<void>;
}

const sampleMs = 500;

/** One download as this process sees it, whether it brings the bytes itself or another process does. */
export class Fetching {
  readonly #deps: FetchingDeps;
  readonly #ref: WeightsRef;
  readonly #abort = new AbortController();
  readonly #rate = createRate();
  #progress: { doneBytes: number; totalBytes: number | null };
  #failure: (Failure & { at: number }) | null = null;
  #times = 0;
  #run: Promise<void> | null = null;

  constructor(deps: FetchingDeps, ref: WeightsRef) {
    this.#deps = deps;
    this.#ref = ref;
    this.#progress = { doneBytes: 0, totalBytes: ref.sizeBytes };
    this.again();
  }

  status(): WeightsStatus {
    if (this.#run) return { state: "downloading", ...this.#progress, bytesPerSecond: this.#rate.perSecond() };
    return this.#failure && !this.#due() ? this.#failure.status : { state: "absent" };
  }

  /** Starts once more what has ended, once its time has come. */
  again(): void {
    if (this.#run || this.#abort.signal.aborted || !this.#due()) return;
    this.#run = this.#bring().finally(() => {
      this.#run = null;
    });
  }

  async stop(): Promise<void> {
    this.#abort.abort(new Error("the weights store was closed"));
    await this.#run;
  }

  #due(): boolean {
    return this.#failure === null || performance.now() - this.#failure.at >= this.#failure.retryMs;
  }

  async #bring(): Promise<void> {
    const { logger } = this.#deps;
    const about = { repository: this.#ref.repository, file: this.#ref.file };
    const startedAt = performance.now();
    const sampling = setInterval(() => void this.#sample(), sampleMs);
    try {
      await this.#sample();
      const own = await this.#holdOrWait();
      this.#failure = null;
      this.#times = 0;
      const seconds = Math.round((performance.now() - startedAt) / 1000);
      if (!own) return;
      logger.info({ ...about, seconds }, "weights downloaded");
      await this.#deps.onDownloaded(this.#ref).catch((error) => logger.warn({ ...about, err: error }, "facts of weights were not written"));
    } catch (error) {
      if (this.#abort.signal.aborted) return;
      this.#times++;
      this.#failure = { ...explainFailure(error, this.#times, this.#deps.random), at: performance.now() };
      logger.warn({ ...about, err: error, ...this.#failure.status.data }, "weights could not be downloaded");
    } finally {
      clearInterval(sampling);
    }
  }

  /** Downloads as the holder of the lock, or waits until its holder has; true where this process did it. */
  async #holdOrWait(): Promise<boolean> {
    const { modelsDir, hubs, pollMs } = this.#deps;
    const { signal } = this.#abort;
    const file = lockFile(modelsDir, this.#ref);
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    while (!(await isComplete(modelsDir, this.#ref))) {
      const lock = tryFileLock(file);
      if (lock === null) {
        await sleep(pollMs, undefined, { signal });
        continue;
      }
      try {
        // Its last holder may have finished in between.
        if (await isComplete(modelsDir, this.#ref)) return false;
        const hub = this.#ref.hub;
        if (hub === null) throw new RangeError("these weights are not downloaded");
        await fetchSet({ ...this.#deps, hub: hubs[hub] }, modelsDir, this.#ref, signal);
        return true;
      } finally {
        lock.release();
      }
    }
    return false;
  }

  async #sample(): Promise<void> {
    try {
      this.#progress = await measure(this.#deps.modelsDir, this.#ref);
      this.#rate.add(this.#progress.doneBytes);
    } catch {
      // A figure for the screen; the download itself says what is wrong.
    }
  }
}
