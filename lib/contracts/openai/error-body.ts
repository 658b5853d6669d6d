import type { AppError, ErrorCode } from "../../errors.ts";

/** What every answer of the gateway that is not 2xx holds, and what the `data:` of an error event holds. */
export interface OpenAiErrorBody {
  error: { message: string; type: OpenAiErrorType; param: string | null; code: ErrorCode };
}

export type OpenAiErrorType = "invalid_request_error" | "rate_limit_error" | "insufficient_quota" | "server_error";

const quotaCodes = new Set<ErrorCode>(["credit_balance_exhausted", "budget_exceeded"]);

/** The `type` that OpenAI's own API gives to such a failure. */
export function openAiErrorType(error: Pick<AppError, "code" | "status">): OpenAiErrorType {
  if (quotaCodes.has(error.code)) return "insufficient_quota";
  if (error.status === 429) return "rate_limit_error";
  return error.status >= 500 ? "server_error" : "invalid_request_error";
}

export function openAiErrorBody(error: AppError): OpenAiErrorBody {
  return { error: { message: error.message, type: openAiErrorType(error), param: error.param, code: error.code } };
}
