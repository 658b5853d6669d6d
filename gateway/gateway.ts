import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";
import { Agent } from "undici";
import { AppError, toAppError } from "#lib/errors.ts";
import type { Logger } from "#lib/observability/logger.ts";
import { defaultLimits, type Limits } from "./limits.ts";
import { checkHttpShape } from "./policies/http-shape.ts";
import { parseChat } from "./policies/parse-chat.ts";
import { parseCompletion } from "./policies/parse-completion.ts";
import type { Balances, Catalog, Metering, Principals } from "./ports.ts";
import { ActiveCalls, shuttingDown } from "./routes/active-calls.ts";
import { answerRaw, onClientError, type Running } from "./routes/client-error.ts";
import { beginExchange, ClientGone, type Exchange, elapsedMs, sendError, sendJson } from "./routes/exchange.ts";
import { type GenerateDeps, generate } from "./routes/generate.ts";
import { listModels, retrieveModel } from "./routes/models.ts";
import { MethodNotAllowed, matchRoute, type Route } from "./routes/router.ts";
import { chatShape } from "./routes/shape-chat.ts";
import { textShape } from "./routes/shape-text.ts";
import { createPicker } from "./routing/picker.ts";

export interface GatewayDeps {
  principals: Principals;
  catalog: Catalog;
  balances: Balances;
  metering: Metering;
  /** Throws where the gateway cannot serve, e.g. because its store is away. */
  checkServing(): Promise<void>;
  /** The installation's secret, for trial tokens. */
  secret: string;
  logger: Logger;
  limits?: Partial<Limits>;
}

export interface Gateway {
  /** Listens; resolves to the port (0 asks for a free one). */
  listen(port: number, host: string): Promise<number>;
  /** Refuses new calls, lets running ones finish for the drain time, ends the rest with an error event, and closes. */
  drain(): Promise<void>;
}

/** The data plane's HTTP server; everything it stands on is handed in. */
export function createGateway(deps: GatewayDeps): Gateway {
  const limits: Limits = { ...defaultLimits, ...deps.limits };
  const dispatcher = new Agent({ connect: { timeout: limits.connectMs } });
  const calls = new ActiveCalls();
  const generateDeps: GenerateDeps = { ...deps, limits, dispatcher, calls, picker: createPicker() };
  const state = { draining: false };
  const open = new Set<Exchange>();
  const running = new WeakMap<Duplex, Running>();
  const routes = routeTable(deps, generateDeps, state);

  const onRequest = (request: IncomingMessage, response: ServerResponse) => {
    const exchange = beginExchange(request, response);
    running.set(request.socket, { request, response });
    open.add(exchange);
    response.once("close", () => {
      open.delete(exchange);
      logRequest(deps.logger, exchange);
    });
    void serve(exchange, routes, limits, state);
  };
  const server = createServer(
    {
      requestTimeout: limits.requestBodyMs,
      headersTimeout: limits.requestHeadersMs,
      connectionsCheckingInterval: Math.min(5_000, limits.requestHeadersMs / 2),
      keepAliveTimeout: 65_000,
      requireHostHeader: false,
    },
    onRequest,
  );
  // The headers' number is checked, and answered, in the HTTP shape policy; Node would drop the rest silently.
  server.maxHeadersCount = 0;
  server.on("checkContinue", onRequest).on("checkExpectation", onRequest);
  server.on("connect", (_request, socket: Duplex) => {
    answerRaw(socket, new AppError("method_not_allowed", "CONNECT is not allowed here."), ["allow: GET, HEAD, POST"]);
  });
  server.on("clientError", (error: Error & { code?: string }, socket: Socket) => {
    const refused = onClientError(error, socket, running.get(socket));
    if (refused) deps.logger.info({ status: refused.status, code: refused.code, parser: error.code }, "request");
  });

  return {
    listen: (port, host) => listen(server, port, host),
    async drain() {
      state.draining = true;
      await untilEmpty(open, limits.drainMs);
      calls.interruptAll();
      await untilEmpty(open, 1_000);
      server.close();
      server.closeAllConnections();
      await dispatcher.destroy();
    },
  };
}

function routeTable(deps: GatewayDeps, generateDeps: GenerateDeps, state: { draining: boolean }): Route[] {
  const chat = { parse: parseChat, shape: chatShape };
  const text = { parse: parseCompletion, shape: textShape };
  return [
    { method: "POST", pattern: "/chat/completions", api: true, handle: (exchange) => generate(exchange, generateDeps, chat) },
    { method: "POST", pattern: "/completions", api: true, handle: (exchange) => generate(exchange, generateDeps, text) },
    { method: "GET", pattern: "/models", api: true, handle: (exchange) => listModels(exchange, deps) },
    { method: "GET", pattern: "/models/*", api: true, handle: (exchange, name) => retrieveModel(exchange, deps, name) },
    { method: "GET", pattern: "/healthz", api: false, handle: async (exchange) => sendJson(exchange, 200, { status: "ok" }) },
    {
      method: "GET",
      pattern: "/readyz",
      api: false,
      async handle(exchange) {
        if (state.draining) throw shuttingDown();
        await deps.checkServing();
        sendJson(exchange, 200, { status: "ok" });
      },
    },
  ];
}

async function serve(exchange: Exchange, routes: Route[], limits: Limits, state: { draining: boolean }): Promise<void> {
  const { request } = exchange;
  try {
    checkHttpShape(request, limits);
    const { route, rest } = matchRoute(routes, request.method ?? "", request.url ?? "");
    exchange.route = route.api ? `/v1${route.pattern}` : route.pattern;
    if (route.api && state.draining) throw shuttingDown();
    await route.handle(exchange, rest);
  } catch (thrown) {
    answerFailure(exchange, thrown, state, limits);
  }
}

function answerFailure(exchange: Exchange, thrown: unknown, state: { draining: boolean }, limits: Limits): void {
  const { request, response } = exchange;
  if (thrown instanceof ClientGone || response.destroyed) {
    exchange.log.outcome = "client_gone";
    response.destroy();
    return;
  }
  if (response.headersSent) {
    exchange.log.cause = thrown;
    response.destroy();
    return;
  }
  const headers: Record<string, string> = {};
  if (thrown instanceof MethodNotAllowed) headers.allow = thrown.allow;
  if (state.draining) headers.connection = "close";
  sendError(exchange, toAppError(thrown), headers);
  if (!request.complete) {
    // The rest of the body is thrown away for a moment: closing at once would reset the answer out of the client's hands.
    const { socket } = request;
    const timer = setTimeout(() => {
      if (!request.complete) socket.destroy();
    }, limits.lingerMs);
    request.once("close", () => clearTimeout(timer));
    request.on("error", () => {});
    request.resume();
  }
}

function logRequest(logger: Logger, exchange: Exchange): void {
  const { request, response, requestId, route, log } = exchange;
  const { cause, ...facts } = log;
  const sent = response.headersSent ? response.statusCode : 499;
  const line = { requestId, method: request.method, route, status: sent, ms: elapsedMs(exchange), ...facts };
  if (sent >= 500 || cause instanceof Error) logger.warn({ ...line, ...(cause instanceof Error ? { err: cause } : {}) }, "request");
  else logger.info(line, "request");
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port, host }, () => {
      server.off("error", reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/** Resolves when nothing is open any more, or after the time. */
async function untilEmpty(open: Set<Exchange>, ms: number): Promise<void> {
  const deadline = Date.now() + ms;
  while (open.size > 0 && Date.now() < deadline) {
    const waitMs = Math.min(25, deadline - Date.now());
    await new Promise((resolve) => setTimeout(resolve, waitMs));
  }
}
