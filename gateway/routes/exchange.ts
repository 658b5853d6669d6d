import type { IncomingMessage, ServerResponse } from "node:http";
import { performance } from "node:perf_hooks";
import { openAiErrorBody } from "#lib/contracts/openai/error-body.ts";
import type { AppError, ErrorCode } from "#lib/errors.ts";
import { newId } from "#lib/ids.ts";
import type { Endpoint } from "../policies/host.ts";

/** One request and its answer, with what the log line will say of it. */
export interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  requestId: string;
  startedAt: Date;
  /** `performance.now()` at the start. */
  startedMs: number;
  /** Pattern of the route, empty until it is known. */
  route: string;
  /** What the host that was asked for serves. */
  endpoint: Endpoint;
  log: {
    model?: string;
    errorCode?: ErrorCode;
    inputTokens?: number;
    outputTokens?: number;
    firstTokenMs?: number | null;
    outcome?: string;
    cause?: unknown;
  };
}

/** Thrown where the client left before its request was read; there is nobody to answer. */
export class ClientGone extends Error {
  override name = "ClientGone";
}

/** A reset further away than this is no use to SDKs, which sleep out any Retry-After. */
const longestWaitSeconds = 60;
const finalCodes = new Set<ErrorCode>(["credit_balance_exhausted", "budget_exceeded", "model_not_priced"]);

export function beginExchange(request: IncomingMessage, response: ServerResponse): Exchange {
  const requestId = newId("req");
  response.setHeader("x-request-id", requestId);
  response.setHeader("x-content-type-options", "nosniff");
  return {
    request,
    response,
    requestId,
    startedAt: new Date(),
    startedMs: performance.now(),
    route: "",
    endpoint: { serves: "all" },
    log: {},
  };
}

export function elapsedMs(exchange: Exchange): number {
  return Math.round(performance.now() - exchange.startedMs);
}

export function sendJson(exchange: Exchange, status: number, body: unknown, headers: Record<string, string> = {}): void {
  const { response } = exchange;
  // As text: Node writes it together with the headers, a Buffer by itself.
  const text = JSON.stringify(body);
  response.writeHead(status, {
    "content-type": "application/json; charset=utf-8",
    "content-length": Buffer.byteLength(text),
    "openai-processing-ms": elapsedMs(exchange),
    ...headers,
  });
  response.end(text);
}

/** The answer to a refused or failed request, with the headers that steer a client's retries. */
export function sendError(exchange: Exchange, error: AppError, headers: Record<string, string> = {}): void {
  exchange.log.errorCode = error.code;
  exchange.log.cause = error.cause;
  sendJson(exchange, error.status, openAiErrorBody(error), { ...retryHeaders(error), ...headers });
}

function retryHeaders(error: AppError): Record<string, string> {
  const headers: Record<string, string> = {};
  const { retryAfterSeconds } = error;
  if (retryAfterSeconds !== null) headers["retry-after"] = String(retryAfterSeconds);
  // A rate limit without a time is one that this call never fits under.
  const never = error.code === "rate_limit_exceeded" && retryAfterSeconds === null;
  if (never || finalCodes.has(error.code) || (retryAfterSeconds ?? 0) > longestWaitSeconds) headers["x-should-retry"] = "false";
  if (error.code === "invalid_api_key") headers["www-authenticate"] = "Bearer";
  return headers;
}
