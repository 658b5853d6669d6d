import type { AppError } from "#lib/errors.ts";

/** OpenAI's error body. The cause stays inside. */
export function errorBody(error: AppError): { error: { message: string; type: string; param: string | null; code: string } } {
  return { error: { message: error.message, type: errorType(error.status), param: error.param, code: error.code } };
}

function errorType(status: number): string {
  return status >= 500 ? "server_error" : "invalid_request_error";
}
