import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { openAiErrorBody } from "#lib/contracts/openai/error-body.ts";
import { AppError } from "#lib/errors.ts";
import { newId } from "#lib/ids.ts";

const closeAfterMs = 1_000;

/** The error of our table for what Node's HTTP parser refuses; null where the connection just broke. */
export function parserError(code: string | undefined): AppError | null {
  switch (code) {
    case "ECONNRESET":
    case "EPIPE":
      return null;
    case "HPE_HEADER_OVERFLOW":
      return new AppError("headers_too_large", "The request's headers are too large.");
    case "HPE_CHUNK_EXTENSIONS_OVERFLOW":
      return new AppError("request_too_large", "The request's chunk extensions are too large.");
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return new AppError("request_timeout", "The request did not arrive in time.");
    default:
      return new AppError("bad_request", "The request is not valid HTTP/1.1.");
  }
}

/**
 * Writes an answer onto a bare connection and closes it: for requests that never became one. Returns the request id.
 * `extra` are header lines such as `Allow: POST`.
 */
export function answerRaw(socket: Duplex, error: AppError, extra: string[] = []): string {
  const requestId = newId("req");
  const body = JSON.stringify(openAiErrorBody(error));
  const lines = [
    `HTTP/1.1 ${error.status} ${error.code}`,
    "content-type: application/json; charset=utf-8",
    `content-length: ${Buffer.byteLength(body)}`,
    `x-request-id: ${requestId}`,
    "connection: close",
    ...extra,
  ];
  socket.on("error", () => {});
  socket.end(`${lines.join("\r\n")}\r\n\r\n${body}`);
  // What still arrives is thrown away for a moment: closing with unread bytes would reset the answer out of the client's hands.
  socket.resume();
  setTimeout(() => socket.destroy(), closeAfterMs).unref();
  return requestId;
}

/** What a connection is doing, so that an answer is never written into the middle of another. */
export interface Running {
  request: IncomingMessage;
  response: ServerResponse;
}

/** Answers a parser's error, unless a response is under way on that connection; then it can only be closed. */
export function onClientError(error: Error & { code?: string }, socket: Duplex, running: Running | undefined): AppError | null {
  const refused = parserError(error.code);
  const ours = !running || running.response.writableEnded || !running.request.complete;
  if (!refused || !socket.writable || !ours || (running?.response.headersSent && !running.response.writableFinished)) {
    socket.destroy();
    return null;
  }
  if (running && !running.request.complete && running.response.headersSent) socket.destroy();
  else answerRaw(socket, refused);
  return refused;
}
