import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { toAppError } from "#lib/errors.ts";
import type { Metrics } from "./metrics.ts";

export interface ObservabilityDeps {
  metrics: Metrics;
  /** Throws where the gateway does not serve. */
  checkServing(): Promise<void>;
}

export interface ObservabilityServer {
  /** Listens on loopback; resolves to the port (0 asks for a free one). */
  listen(port: number): Promise<number>;
  close(): void;
}

/** `/metrics`, `/healthz` and `/readyz` on a port of their own: figures are the operator's, not the callers'. */
export function createObservabilityServer(deps: ObservabilityDeps): ObservabilityServer {
  const server = createServer((request, response) => {
    const path = (request.url ?? "").split("?", 1)[0] ?? "";
    request.resume();
    void answer(path, request.method ?? "", response, deps).catch(() => response.destroy());
  });
  return {
    listen: (port) => listen(server, port),
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function answer(path: string, method: string, response: ServerResponse, { metrics, checkServing }: ObservabilityDeps): Promise<void> {
  if (!["/metrics", "/healthz", "/readyz"].includes(path)) return send(response, 404, "There are /metrics, /healthz and /readyz.\n");
  if (method !== "GET" && method !== "HEAD") return send(response, 405, "Use GET.\n");
  if (path === "/metrics") return send(response, 200, await metrics.text(), metrics.contentType);
  if (path === "/readyz") {
    try {
      await checkServing();
    } catch (thrown) {
      const { status, code } = toAppError(thrown);
      return send(response, status, `${code}\n`);
    }
  }
  send(response, 200, "ok\n");
}

function send(response: ServerResponse, status: number, text: string, type = "text/plain; charset=utf-8"): void {
  response.writeHead(status, { "content-type": type, "content-length": Buffer.byteLength(text) }).end(text);
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port, host: "127.0.0.1" }, () => {
      server.off("error", reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}
