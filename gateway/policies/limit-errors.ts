import { AppError } from "#lib/errors.ts";

/** Whose limit it is. */
export type LimitScope = "key" | "workspace";

const whose = { key: "this API key", workspace: "your workspace" };

export function tooManyRequests(scope: LimitScope, limit: number, waitMs: number): AppError {
  const seconds = secondsOf(waitMs);
  return new AppError(
    "rate_limit_exceeded",
    `The limit of ${limit} requests per minute of ${whose[scope]} is reached. It frees up in ${seconds} s.`,
    {
      retryAfterSeconds: seconds,
    },
  );
}

/** `asked` is what the call may need at most: its prompt's bound and the answer's. */
export function tooManyTokens(scope: LimitScope, limit: number, asked: number, waitMs: number): AppError {
  const need = `The call may need ${asked} tokens`;
  if (waitMs === Number.POSITIVE_INFINITY) {
    return new AppError(
      "rate_limit_exceeded",
      `${need}, and the limit of ${whose[scope]} is ${limit} tokens per minute. Send a shorter prompt or a smaller max_tokens.`,
    );
  }
  const seconds = secondsOf(waitMs);
  return new AppError(
    "rate_limit_exceeded",
    `${need}, and the limit of ${limit} tokens per minute of ${whose[scope]} has less left. It frees up in ${seconds} s.`,
    {
      retryAfterSeconds: seconds,
    },
  );
}

export function tooManyAtOnce(scope: LimitScope, limit: number): AppError {
  return new AppError(
    "concurrency_limit_exceeded",
    `The limit of ${limit} calls at once of ${whose[scope]} is reached. It frees up when one of them ends.`,
    {
      retryAfterSeconds: 1,
    },
  );
}

/** `limit` is the amount as people read it, with its currency. */
export function budgetExceeded(scope: LimitScope, period: "day" | "month", limit: string, resetsAt: Date, now: Date): AppError {
  return new AppError(
    "budget_exceeded",
    `The budget of ${limit} a ${period} of ${whose[scope]} does not cover this call. It resets at ${resetsAt.toISOString()}.`,
    { retryAfterSeconds: secondsOf(resetsAt.getTime() - now.getTime()) },
  );
}

function secondsOf(ms: number): number {
  return Math.max(1, Math.ceil(ms / 1_000));
}
