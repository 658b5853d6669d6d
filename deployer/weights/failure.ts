import type { DownloadProblem } from "#lib/contracts/services.ts";
import { HubError } from "#lib/hub/hub.ts";
import { ChecksumError } from "./checksum.ts";
import { DiskFullError } from "./disk-space.ts";
import type { WeightsStatus } from "./status.ts";

export interface Failure {
  status: Extract<WeightsStatus, { state: "failed" }>;
  /** Until the next try. */
  retryMs: number;
}

const firstRetryMs = 5_000;
const longestRetryMs = 300_000;
/** Room is made by people, and soon seen. */
const diskRetryMs = 30_000;

/** What a failed download says on the service's page, and when to try again. `times` counts failures in a row, this one included. */
export function explainFailure(error: unknown, times: number, random: () => number): Failure {
  if (error instanceof DiskFullError) {
    const { needsBytes, freeBytes } = error;
    return { status: { state: "failed", reason: "disk_full", data: { needsBytes, freeBytes } }, retryMs: diskRetryMs };
  }
  const retryMs = retryAfterMs(error, times, random);
  const data = { problem: problemOf(error), detail: detailOf(error), retryInSeconds: Math.round(retryMs / 1000) };
  return { status: { state: "failed", reason: "download_failed", data }, retryMs };
}

/** What needs somebody's hand is tried seldom; what passes, with a backoff; never sooner than the hub asks. */
function retryAfterMs(error: unknown, times: number, random: () => number): number {
  if (!(error instanceof HubError && error.passing)) return longestRetryMs;
  const backoffMs = Math.min(longestRetryMs, firstRetryMs * 2 ** (times - 1)) * (0.5 + random() / 2);
  return Math.max(backoffMs, (error.retryAfterSeconds ?? 0) * 1000);
}

function problemOf(error: unknown): DownloadProblem {
  if (error instanceof HubError) return error.kind;
  if (error instanceof ChecksumError) return "checksum";
  return systemCode(error) === null ? "unexpected" : "store";
}

/** Errors of ours say it themselves; of the file system only the code is fit for a user's eyes. */
function detailOf(error: unknown): string {
  if (error instanceof HubError || error instanceof ChecksumError) return error.message;
  const code = systemCode(error);
  if (code !== null) return `The weights store cannot be used (${code}). Check the data directory.`;
  return "The download failed unexpectedly. The deployer's log says why.";
}

function systemCode(error: unknown): string | null {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : null;
}
