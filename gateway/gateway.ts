import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { Agent } from "undici";
import { AppError } from "#lib/errors.ts";
import type { Logger } from "#lib/observability/logger.ts";
import { defaultLimits, type Limits } from "./limits.ts";
import type { Balances, Catalog, Metering, Principals } from "./ports.ts";
import { ActiveCalls } from "./routes/active-calls.ts";
import { answerRaw, onClientError, type Running } from "./routes/client-error.ts";
import { beginExchange, type Exchange } from "./routes/exchange.ts";
import { type DrainState, logRequest, serve } from "./routes/serve.ts";
import { routeTable } from "./routes/table.ts";
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
  const state: DrainState = { draining: false };
  const open = new Set<Exchange>();
  const running = new WeakMap<Duplex, Running>();
  const routes = routeTable({ ...deps, limits, dispatcher, calls, picker: createPicker() }, state);

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
  const server = httpServer(limits, onRequest, (socket) => running.get(socket), deps.logger);

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

type OnRequest = (request: IncomingMessage, response: ServerResponse) => void;

/** Node's server, with everything that it would answer by itself answered in our form. */
function httpServer(limits: Limits, onRequest: OnRequest, running: (socket: Duplex) => Running | undefined, logger: Logger): Server {
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
  server.on("clientError", (error: Error & { code?: string }, socket: Duplex) => {
    const refused = onClientError(error, socket, running(socket));
    if (refused) logger.info({ status: refused.status, code: refused.code, parser: error.code }, "request");
  });
  return server;
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
