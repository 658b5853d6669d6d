import { ConfigError, parseChildConfig } from "#lib/config.ts";
import { createLogger } from "#lib/observability/logger.ts";
import { type OpenGateway, openGateway } from "./open.ts";

/** Prometheus exporters' own range begins there. */
const usualMetricsPort = 9_464;

/** The gateway's process: config, wire, listen, drain. */
async function main(): Promise<void> {
  const config = parseChildConfig(process.env);
  const logger = createLogger("gateway", { level: config.logLevel, format: config.logFormat, buffered: true });
  const { databaseUrl, databaseDirectUrl, dataDir, secret } = config;
  const ended = Promise.withResolvers<void>();
  const onReplaced = () => {
    process.exitCode = 1;
    ended.resolve();
  };
  const gateway = openGateway({ databaseUrl, databaseDirectUrl, dataDir, secret, settings: config, logger, onReplaced });
  process.on("SIGTERM", () => ended.resolve());
  // Under `hydra up` only SIGTERM ends it; typed into a terminal of its own, Ctrl-C does too.
  process.on("SIGINT", () => {
    if (process.stdin.isTTY) ended.resolve();
  });
  try {
    const port = await gateway.listen(config.gatewayPort, config.bind);
    const metricsPort = await listenObservability(gateway, config.metricsPort);
    logger.info({ bind: config.bind, port, metricsPort, id: gateway.id }, "gateway listening");
  } catch (error) {
    // Else every revoke would wait until the lease of a gateway that never served has run out.
    await gateway.close();
    throw error;
  }
  await ended.promise;
  logger.info("gateway draining");
  const lost = await gateway.close();
  logger.info({ lost }, "gateway stopped");
  if (lost > 0) process.exitCode = 1;
}

main().catch((error: unknown) => {
  process.stderr.write(`gateway: ${sentence(error)}\n`);
  process.exit(1);
});

/** On the port that was asked for, else on the usual one, else, where another gateway has that, on a free one. */
async function listenObservability(gateway: OpenGateway, port: number | null): Promise<number> {
  try {
    return await gateway.listenObservability(port ?? usualMetricsPort);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EADDRINUSE")) throw error;
    if (port !== null) throw new ConfigError("HYDRA_METRICS_PORT: that port is taken; set another one");
    return gateway.listenObservability(0);
  }
}

function sentence(error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  const code = error instanceof Error && "code" in error ? error.code : null;
  if (code === "EADDRINUSE") return "HYDRA_GATEWAY_PORT: that port is taken; set another one";
  if (code === "EADDRNOTAVAIL") return "HYDRA_BIND: this machine has no such address";
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
