import { AppError, type ErrorCode, errorStatus } from "#lib/errors.ts";
import { redactKeys } from "#lib/observability/logger.ts";
import { UpstreamFailure, upstreamFailure } from "./failure.ts";

const longestMessage = 500;

/** What an instance's status other than 200 means for the call. `body` is at most the first 64 KiB of its answer. */
export function refusal(status: number, retryAfter: string | undefined, body: string): UpstreamFailure {
  if (status === 429) {
    const error = new AppError("instance_overloaded", "All instances of this service are busy. Try again shortly.", {
      retryAfterSeconds: secondsOf(retryAfter) ?? 1,
    });
    return new UpstreamFailure(error, "other");
  }
  if (status === 400 || status === 413 || status === 422) return new UpstreamFailure(badRequest(body), "none");
  const cause = new Error(`instance answered ${status}: ${redactKeys(body.slice(0, longestMessage))}`);
  // A stopping instance answers 503: another one, or the same restarted, may do.
  return upstreamFailure("upstream_error", status >= 500 ? "any" : "other", cause);
}

/** The instance knows best why it cannot take these parameters, so its sentence is passed on; only that. */
function badRequest(body: string): AppError {
  const { message, code, param } = readError(body);
  const tooLong = code === "context_length_exceeded" || /context length|context size|context window/i.test(message);
  const text = redactKeys(message.slice(0, longestMessage)) || "The model's instance refused the request.";
  const options = param ? { param: param.slice(0, 200) } : {};
  if (tooLong) return new AppError("context_length_exceeded", text, options);
  return new AppError(isCodeOf400(code) ? code : "invalid_value", text, options);
}

function isCodeOf400(code: string): code is ErrorCode {
  return Object.hasOwn(errorStatus, code) && errorStatus[code as ErrorCode] === 400;
}

function readError(body: string): { message: string; code: string; param: string } {
  try {
    const parsed: unknown = JSON.parse(body);
    const outer = asRecord(parsed);
    const error = asRecord(outer.error ?? parsed);
    return { message: asText(error.message), code: asText(error.code), param: asText(error.param) };
  } catch {
    return { message: "", code: "", param: "" };
  }
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function asText(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** Retry-After as seconds, whether it came as a number or as a date; null where it says nothing usable. */
function secondsOf(header: string | undefined): number | null {
  if (!header) return null;
  if (/^\d{1,9}$/.test(header)) return Number(header);
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(1, Math.ceil((at - Date.now()) / 1000));
}
