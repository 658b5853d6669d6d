import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { performance } from "node:perf_hooks";
import type { AppError } from "#lib/errors.ts";
import { DenseSet } from "../dense-set.ts";
import { type ConnectionLimits, type ConnectionOwner, ServerConnection } from "./connection.ts";
import type { HttpRequest } from "./request.ts";
import type { HttpResponse } from "./response.ts";

const longestTickMs = 1_000;

export interface HttpServerOptions extends Omit<ConnectionOwner, "onGone"> {
  limits: ConnectionLimits;
}

/**
 * An HTTP/1.1 server for one kind of client: short JSON requests, whole or streamed answers in text. Half of what Node's costs,
 * and strict: docs/decisions/0014-http-server.md
 */
export class HttpServer implements ConnectionOwner {
  readonly #options: HttpServerOptions;
  readonly #server: Server;
  readonly #connections = new DenseSet<ServerConnection>();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: HttpServerOptions) {
    this.#options = options;
    this.#server = createServer({ noDelay: true }, (socket) => this.#accept(socket));
  }

  /** Resolves to the port; 0 asks for a free one. `reusePort` lets other processes listen on it too. */
  listen(at: { port: number; host: string; reusePort: boolean }): Promise<number> {
    const { headersMs, requestMs } = this.#options.limits;
    this.#timer = setInterval(() => this.#tick(), Math.min(longestTickMs, headersMs / 4, requestMs / 4));
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(at, () => {
        this.#server.off("error", reject);
        resolve((this.#server.address() as AddressInfo).port);
      });
    });
  }

  /** Takes no more connections, and closes those that carry no request. */
  close(): void {
    this.#server.close();
    for (const connection of this.#connections) connection.closeIdle();
  }

  /** Closes every connection at once. */
  destroy(): void {
    this.close();
    clearInterval(this.#timer);
    for (const connection of this.#connections) connection.destroy();
  }

  onRequest(request: HttpRequest, response: HttpResponse): void {
    this.#options.onRequest(request, response);
  }

  onRefused(error: AppError, reason: string): void {
    this.#options.onRefused(error, reason);
  }

  onGone(connection: ServerConnection): void {
    this.#connections.remove(connection);
  }

  #accept(socket: Socket): void {
    this.#connections.add(new ServerConnection(socket, this.#options.limits, this));
  }

  #tick(): void {
    const nowMs = performance.now();
    for (const connection of this.#connections) connection.tick(nowMs);
  }
}
