import type { LimitStatus } from "./limiter.ts";

const names = { requests_per_minute: "requests", tokens_per_minute: "tokens" } as const;

/** OpenAI's `x-ratelimit-*` headers, names and values in turn: of two limits of a kind, the key's and the workspace's, the one with less left. */
export function limitHeaders(statuses: readonly LimitStatus[]): string[] {
  const headers: string[] = [];
  for (const name of ["requests_per_minute", "tokens_per_minute"] as const) {
    const tightest = statuses.filter((status) => status.name === name).sort((a, b) => a.remaining - b.remaining)[0];
    if (!tightest) continue;
    headers.push(`x-ratelimit-limit-${names[name]}`, String(tightest.limit));
    headers.push(`x-ratelimit-remaining-${names[name]}`, String(tightest.remaining));
    headers.push(`x-ratelimit-reset-${names[name]}`, duration(tightest.resetMs ?? 0));
  }
  return headers;
}

/** As OpenAI writes it: `0s`, `850ms`, `12.4s`, `1m1s`. */
function duration(ms: number): string {
  if (ms <= 0) return "0s";
  if (ms < 1_000) return `${Math.ceil(ms)}ms`;
  if (ms < 60_000) return `${Math.ceil(ms / 100) / 10}s`;
  const seconds = Math.ceil(ms / 1_000);
  return `${Math.floor(seconds / 60)}m${seconds % 60}s`;
}
