import { toAppError } from "#lib/errors.ts";
import type { Logger } from "#lib/observability/logger.ts";
import { ClientGone } from "../http/request.ts";
import type { Limits } from "../limits.ts";
import { endpointOf, type HostRules } from "../policies/host.ts";
import { checkHttpShape } from "../policies/http-shape.ts";
import type { Catalog } from "../ports.ts";
import { shuttingDown } from "./active-calls.ts";
import { type Exchange, elapsedMs, sendError } from "./exchange.ts";
import { MethodNotAllowed, matchRoute, type Route } from "./router.ts";

/** Whether the process is ending; new calls are refused then. */
export interface DrainState {
  draining: boolean;
}

export interface ServeDeps {
  routes: Route[];
  limits: Limits;
  state: DrainState;
  hosts: HostRules;
  catalog: Catalog;
}

/** One request to its answer, whatever happens on the way. */
export async function serve(exchange: Exchange, { routes, limits, state, hosts, catalog }: ServeDeps): Promise<void> {
  const { request } = exchange;
  try {
    checkHttpShape(request, limits);
    exchange.endpoint = endpointOf(request.headers.host, hosts, (name) => catalog.hasRegion(name));
    const { route, rest } = matchRoute(routes, request.method, request.url);
    exchange.route = route.api ? `/v1${route.pattern}` : route.pattern;
    if (route.api && state.draining) throw shuttingDown();
    await route.handle(exchange, rest);
  } catch (thrown) {
    answerFailure(exchange, thrown, state);
  }
}

function answerFailure(exchange: Exchange, thrown: unknown, state: DrainState): void {
  const { response } = exchange;
  if (thrown instanceof ClientGone || response.closed) {
    exchange.log.outcome = "client_gone";
    response.destroy();
    return;
  }
  if (response.headersSent) {
    exchange.log.cause = thrown;
    response.destroy();
    return;
  }
  const headers: string[] = [];
  if (thrown instanceof MethodNotAllowed) headers.push("allow", thrown.allow);
  if (state.draining) headers.push("connection", "close");
  sendError(exchange, toAppError(thrown), headers);
}

/** One line a request: no keys, no bodies. Probes come every second and are only of interest when they fail. */
export function logRequest(logger: Logger, exchange: Exchange): void {
  const { request, response, requestId, route, log } = exchange;
  const { cause, model, errorCode, inputTokens, outputTokens, firstTokenMs, outcome } = log;
  const { method } = request;
  const status = response.headersSent ? response.statusCode : 499;
  const ms = elapsedMs(exchange);
  // One literal: a spread makes a slow object, and there is one for each request.
  const line = { requestId, method, route, status, ms, model, errorCode, inputTokens, outputTokens, firstTokenMs, outcome };
  if (status >= 500 || cause instanceof Error) logger.warn({ ...line, ...(cause instanceof Error ? { err: cause } : {}) }, "request");
  else if (route.endsWith("z") && status < 400) logger.debug(line, "request");
  else logger.info(line, "request");
}
