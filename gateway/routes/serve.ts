import { toAppError } from "#lib/errors.ts";
import { HeadNote } from "../http/head-note.ts";
import { ClientGone, type HttpRequest } from "../http/request.ts";
import type { Limits } from "../limits.ts";
import { type Endpoint, endpointOf, type HostRules } from "../policies/host.ts";
import { checkHttpShape } from "../policies/http-shape.ts";
import type { Catalog } from "../ports.ts";
import { shuttingDown } from "./active-calls.ts";
import { type Exchange, sendError } from "./exchange.ts";
import { MethodNotAllowed, matchRoute, type Route, type RouteMatch } from "./router.ts";

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
  /** Called once, when the client has the whole answer or has gone, and what the call came to is known. */
  onEnded(exchange: Exchange): void;
}

/** What a request asks for by its head. */
interface Opening {
  endpoint: Endpoint;
  match: RouteMatch;
}

const openings = new HeadNote<Opening>();

/** One request to its answer, whatever happens on the way. Never throws. */
export async function serve(exchange: Exchange, deps: ServeDeps): Promise<void> {
  const { request } = exchange;
  try {
    const { endpoint, match } = openingOf(request, deps);
    const { route, rest } = match;
    exchange.endpoint = endpoint;
    exchange.route = route.name;
    if (route.api && deps.state.draining) throw shuttingDown();
    await route.handle(exchange, rest);
  } catch (thrown) {
    answerFailure(exchange, thrown, deps.state);
  }
  exchange.response.onClose(() => deps.onEnded(exchange));
}

function openingOf(request: HttpRequest, { routes, limits, hosts, catalog }: ServeDeps): Opening {
  const kept = openings.of(request.head);
  if (kept) return kept;
  checkHttpShape(request, limits);
  const endpoint = endpointOf(request.headers.host, hosts, (name) => catalog.hasRegion(name));
  const opening = { endpoint, match: matchRoute(routes, request.method, request.url) };
  // Regions come and go.
  if (endpoint.serves !== "region") openings.keep(request.head, opening);
  return opening;
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
