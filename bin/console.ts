import { createServer } from "node:http";
import next from "next";
import { clientAddressHeader, parseChildConfig, rootDir } from "#lib/config.ts";
import { createLogger } from "#lib/observability/logger.ts";

/**
 * The console's process: Next behind Node's own server. Next believes an X-Forwarded-For that the caller sends; this
 * server hands over the connection's address in a header of its own instead, which nobody outside can set.
 */
const config = parseChildConfig(process.env);
const log = createLogger("console", { level: config.logLevel, format: config.logFormat });
const app = next({ dev: process.argv.includes("--dev"), dir: rootDir, hostname: config.bind, port: config.consolePort });
await app.prepare();
const handle = app.getRequestHandler();
const upgrade = app.getUpgradeHandler();

const server = createServer((request, response) => {
  request.headers[clientAddressHeader] = request.socket.remoteAddress ?? "unknown";
  void handle(request, response);
});
server.on("upgrade", (request, socket, head) => void upgrade(request, socket, head));
server.on("error", (error) => {
  log.error({ err: error }, "the console cannot listen");
  process.exit(1);
});
server.listen(config.consolePort, config.bind, () => log.info({ port: config.consolePort }, "console is ready"));

process.on("SIGINT", () => {});
process.once("SIGTERM", () => {
  server.close(() => process.exit(0));
  // Pages keep their connections: those whose event stream or answer ends now are idle only then.
  setInterval(() => server.closeIdleConnections(), 50);
  // Nothing is lost by ending what is left.
  setTimeout(() => process.exit(0), 1_000);
});
