import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { AppError, toAppError } from "#lib/errors.ts";
import { newId } from "#lib/ids.ts";
import type { Logger } from "#lib/observability/logger.ts";
import { errorBody } from "../shapes/error.ts";
import { ClientGone, type Exchange, type Route } from "./exchange.ts";
import { InFlight } from "./in-flight.ts";
import { sendError } from "./reply.ts";

export interface EngineServer {
  /** Listens on a free port of the loopback interface and gives it. */
  listen(): Promise<number>;
  /**
   * Takes no new work and waits until what runs has ended, but at most `graceMs`; what still runs then ends with
   * `shutting_down`. Gives how many had to be cut.
   */
  drain(graceMs: number): Promise<number>;
}

interface ServerOptions {
  routes: readonly Route[];
  isAuthorized(header: string | undefined): boolean;
  log: Logger;
}

export function createEngineServer(options: ServerOptions): EngineServer {
  const inFlight = new InFlight();
  let draining = false;
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    const signal = inFlight.add(response);
    if (draining) response.setHeader("connection", "close");
    void answer(options, request, response, signal, () => draining);
  });
  server.on("clientError", refuseMalformed);
  return {
    listen: () => listenOnLoopback(server),
    async drain(graceMs) {
      draining = true;
      server.close();
      let cut = 0;
      if (!(await inFlight.settled(graceMs))) {
        cut = inFlight.size;
        inFlight.abortAll(shuttingDown());
        await inFlight.settled(1000);
      }
      // A connection that was kept alive would hold the server open until its own timeout.
      server.closeAllConnections();
      return cut;
    },
  };
}

function shuttingDown(): AppError {
  return new AppError("shutting_down", "This instance is stopping. Send the request again.", { retryAfterSeconds: 1 });
}

async function answer(
  options: ServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
  signal: AbortSignal,
  isDraining: () => boolean,
): Promise<void> {
  const started = performance.now();
  const given = request.headers["x-request-id"];
  const requestId = typeof given === "string" && /^[\w-]{1,128}$/.test(given) ? given : newId("req");
  const notes: Record<string, string | number | boolean> = {};
  const exchange: Exchange = { request, response, requestId, signal, note: (fields) => Object.assign(notes, fields) };
  response.setHeader("x-request-id", requestId);
  let cause: unknown;
  try {
    const route = findRoute(options, request, response);
    if (isDraining()) throw shuttingDown();
    await route.handle(exchange);
  } catch (thrown) {
    if (thrown instanceof ClientGone) notes.outcome = "client_gone";
    else {
      const error = toAppError(thrown);
      notes.code = error.code;
      // A client's mistake has a code; its cause could quote the prompt.
      if (error.status >= 500) cause = error.cause;
      sendError(response, error);
    }
  }
  const path = new URL(request.url ?? "/", "http://engine").pathname;
  // Probes come every few seconds for the life of the instance.
  const level = cause === undefined ? (path === "/health" ? "debug" : "info") : "error";
  const durationMs = Math.round(performance.now() - started);
  const fields = { requestId, method: request.method, path, status: response.statusCode, durationMs, ...notes };
  options.log[level]({ ...fields, ...(cause === undefined ? {} : { err: cause }) }, "request");
}

/** The route, once method and bearer have passed. Throws AppError. */
function findRoute(options: ServerOptions, request: IncomingMessage, response: ServerResponse): Route {
  const path = (request.url ?? "/").split("?", 1)[0];
  const here = options.routes.filter((route) => route.path === path);
  if (here.length === 0) throw new AppError("not_found", `There is nothing at ${request.method} ${path}.`);
  const route = here.find(({ method }) => method === request.method);
  if (!route) {
    const allowed = here.map(({ method }) => method).join(", ");
    response.setHeader("allow", allowed);
    throw new AppError("method_not_allowed", `${path} takes ${allowed} only.`);
  }
  const { authorization } = request.headers;
  if (route.access === "bearer" || authorization !== undefined) {
    if (!options.isAuthorized(authorization)) {
      response.setHeader("www-authenticate", "Bearer");
      throw new AppError("invalid_api_key", "The bearer token is missing or wrong.");
    }
  }
  return route;
}

async function listenOnLoopback(server: Server): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no TCP port");
  return address.port;
}

/** Node's parser would answer with an empty body. */
function refuseMalformed(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === "ECONNRESET" || !socket.writable || (socket as Socket).bytesWritten > 0) {
    socket.destroy();
    return;
  }
  const headersTooLarge = error.code === "HPE_HEADER_OVERFLOW";
  const timedOut = error.code === "ERR_HTTP_REQUEST_TIMEOUT";
  const refusal = headersTooLarge
    ? new AppError("headers_too_large", "The request headers are too large.")
    : timedOut
      ? new AppError("request_timeout", "The request did not arrive in time.")
      : new AppError("bad_request", "This is not a valid HTTP request.");
  const body = JSON.stringify(errorBody(refusal));
  const head = `HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status]}\r\nconnection: close\r\ncontent-type: application/json`;
  socket.end(`${head}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
}
