import { STATUS_CODES } from "node:http";
import { openAiErrorBody } from "#lib/contracts/openai/error-body.ts";
import { AppError } from "#lib/errors.ts";
import { newId } from "#lib/ids.ts";
import type { MalformedMessage } from "./fields.ts";

/** The error of our table for bytes that are no request. */
export function refusalOf(reason: MalformedMessage["reason"]): AppError {
  switch (reason) {
    case "head_too_long":
      return new AppError("headers_too_large", "The request's headers are too large.");
    case "chunk_line_too_long":
      return new AppError("request_too_large", "The request's chunk extensions are too large.");
    default:
      return new AppError("bad_request", "The request is not valid HTTP/1.1.");
  }
}

export function lateRequest(): AppError {
  return new AppError("request_timeout", "The request did not arrive in time.");
}

/** A whole answer, as text, for a request that never became one. `extra` are header lines such as `allow: POST`. */
export function refusalText(error: AppError, extra: readonly string[] = []): string {
  const body = JSON.stringify(openAiErrorBody(error));
  const lines = [
    `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status] ?? ""}`,
    "content-type: application/json; charset=utf-8",
    `content-length: ${Buffer.byteLength(body)}`,
    `x-request-id: ${newId("req")}`,
    "connection: close",
    ...extra,
  ];
  return `${lines.join("\r\n")}\r\n\r\n${body}`;
}
