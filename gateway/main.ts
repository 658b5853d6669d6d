import { ConfigError, parseChildConfig } from "#lib/config.ts";
import { createLogger } from "#lib/observability/logger.ts";
import { openGateway } from "./open.ts";

/** The gateway's process: config, wire, listen, drain. */
async function main(): Promise<void> {
  const config = parseChildConfig(process.env);
  const logger = createLogger("gateway", { level: config.logLevel, format: config.logFormat });
  const gateway = openGateway({ databaseUrl: config.databaseUrl, secret: config.secret, logger });
  const ended = Promise.withResolvers<void>();
  process.on("SIGTERM", () => ended.resolve());
  // Under `hydra up` only SIGTERM ends it; typed into a terminal of its own, Ctrl-C does too.
  process.on("SIGINT", () => {
    if (process.stdin.isTTY) ended.resolve();
  });
  const port = await gateway.listen(config.gatewayPort, config.bind);
  logger.info({ bind: config.bind, port }, "gateway listening");
  await ended.promise;
  logger.info("gateway draining");
  const lost = await gateway.close();
  logger.info({ lost }, "gateway stopped");
  process.exitCode = lost > 0 ? 1 : 0;
}

main().catch((error: unknown) => {
  process.stderr.write(`gateway: ${sentence(error)}\n`);
  process.exit(1);
});

function sentence(error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  const code = error instanceof Error && "code" in error ? error.code : null;
  if (code === "EADDRINUSE") return "HYDRA_GATEWAY_PORT: that port is taken; set another one";
  if (code === "EADDRNOTAVAIL") return "HYDRA_BIND: this machine has no such address";
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
