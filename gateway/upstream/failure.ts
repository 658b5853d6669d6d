import { AppError, type ErrorCode } from "#lib/errors.ts";
import type { CallResult } from "../routing/picker.ts";

/** Which other instance may be tried: none, another one, or also the same again. */
export type RetryScope = "none" | "other" | "any";

/** How an attempt at an instance failed: what the client is told, and where it may be tried once more. */
export class UpstreamFailure extends Error {
  readonly error: AppError;
  readonly retry: RetryScope;
  readonly timedOut: boolean;

  constructor(error: AppError, retry: RetryScope) {
    super(error.message, { cause: error });
    this.name = "UpstreamFailure";
    this.error = error;
    this.retry = retry;
    this.timedOut = error.code === "upstream_timeout";
  }
}

const messages = {
  upstream_error: "The model's instance failed to answer.",
  upstream_invalid_response: "The model's instance gave an answer that cannot be read.",
  upstream_stream_interrupted: "The model's instance ended before the answer was complete.",
  upstream_timeout: "The model's instance did not answer in time.",
} satisfies Partial<Record<ErrorCode, string>>;

/** A failure whose message is our own: nothing of an instance's answer reaches the client. */
export function upstreamFailure(code: keyof typeof messages, retry: RetryScope, cause?: unknown): UpstreamFailure {
  return new UpstreamFailure(new AppError(code, messages[code], { cause }), retry);
}

/** Whether a failure tells of the instance: refused parameters, a busy instance and the limit of the whole call do not. */
export function resultOf({ retry, error }: UpstreamFailure): CallResult {
  return retry !== "none" && error.code.startsWith("upstream_") ? "failed" : "unclear";
}
