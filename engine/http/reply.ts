import type { ServerResponse } from "node:http";
import type { AppError } from "#lib/errors.ts";
import { errorBody } from "../shapes/error.ts";

/** Answers with JSON. */
export function sendJson(response: ServerResponse, status: number, body: object): void {
  const text = JSON.stringify(body);
  response.writeHead(status, { "content-type": "application/json", "content-length": Buffer.byteLength(text) });
  response.end(text);
}

/** Answers with an error, or breaks the connection where the answer has already begun. */
export function sendError(response: ServerResponse, error: AppError): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  if (error.retryAfterSeconds !== null) response.setHeader("retry-after", String(error.retryAfterSeconds));
  if (error.status === 413) response.setHeader("connection", "close");
  sendJson(response, error.status, errorBody(error));
}
