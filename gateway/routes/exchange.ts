import { performance } from "node:perf_hooks";
import { openAiErrorBody } from "#lib/contracts/openai/error-body.ts";
import type { AppError, ErrorCode } from "#lib/errors.ts";
import { newId } from "#lib/ids.ts";
import type { Placed } from "../dense-set.ts";
import type { HttpRequest } from "../http/request.ts";
import type { HttpResponse } from "../http/response.ts";
import type { Endpoint } from "../policies/host.ts";

/** One request and its answer, with what the log line will say of it. */
export interface Exchange extends Placed {
  request: HttpRequest;
  response: HttpResponse;
  requestId: string;
  startedAt: Date;
  /** `performance.now()` at the start. */
  startedMs: number;
  /** Header lines of the answer, whichever it will be. */
  lines: string;
  /** As they stood when they were told last. */
  limitHeaders: string[];
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

/** A reset further away than this is no use to SDKs, which sleep out any Retry-After. */
const longestWaitSeconds = 60;
const finalCodes = new Set<ErrorCode>(["credit_balance_exhausted", "budget_exceeded", "model_not_priced"]);

export function beginExchange(request: HttpRequest, response: HttpResponse): Exchange {
  const startedAt = new Date();
  const requestId = newId("req", startedAt.getTime());
  return {
    lines: `x-content-type-options: nosniff\r\nx-request-id: ${requestId}\r\n`,
    limitHeaders: [],
    request,
    response,
    requestId,
    place: 0,
    startedAt,
    startedMs: performance.now(),
    route: "",
    endpoint: { serves: "all" },
    log: {},
  };
}

export function elapsedMs(exchange: Exchange): number {
  return Math.round(performance.now() - exchange.startedMs);
}

/** Sends status and headers, those of the exchange among them. `lines` are whole header lines of ours. */
export function writeHead(exchange: Exchange, status: number, headers: readonly string[], lines: string, bodyBytes?: number): void {
  const { limitHeaders, response } = exchange;
  const all = limitHeaders.length === 0 ? headers : [...limitHeaders, ...headers];
  response.writeHead(status, all, { lines: exchange.lines + lines, bodyBytes });
}

const jsonLines = "content-type: application/json; charset=utf-8\r\nopenai-processing-ms: ";

export function sendJson(exchange: Exchange, status: number, body: unknown, more: readonly string[] = []): void {
  const text = JSON.stringify(body);
  writeHead(exchange, status, more, `${jsonLines}${elapsedMs(exchange)}\r\n`, Buffer.byteLength(text));
  exchange.response.end(text);
}

/** The answer to a refused or failed request, with the headers that steer a client's retries. */
export function sendError(exchange: Exchange, error: AppError, more: readonly string[] = []): void {
  exchange.log.errorCode = error.code;
  exchange.log.cause = error.cause;
  sendJson(exchange, error.status, openAiErrorBody(error), [...retryHeaders(error), ...more]);
}

function retryHeaders(error: AppError): string[] {
  const headers: string[] = [];
  const { retryAfterSeconds } = error;
  if (retryAfterSeconds !== null) headers.push("retry-after", String(retryAfterSeconds));
  // A rate limit without a time is one that this call never fits under.
  const never = error.code === "rate_limit_exceeded" && retryAfterSeconds === null;
  if (never || finalCodes.has(error.code) || (retryAfterSeconds ?? 0) > longestWaitSeconds) headers.push("x-should-retry", "false");
  if (error.code === "invalid_api_key") headers.push("www-authenticate", "Bearer");
  return headers;
}
