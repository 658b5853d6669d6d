import { parseArgs } from "node:util";
import { type Config, ConfigError, parseChildConfig } from "#lib/config.ts";
import { noteGateway } from "#lib/gateway-process.ts";
import { createLogger } from "#lib/observability/logger.ts";
import { type OpenGateway, openGateway } from "./open.ts";

/** Prometheus exporters' own range begins there. */
const usualMetricsPort = 9_464;
/** As many gateways as may be on one machine. */
const metricsPorts = 64;

/** The gateway's process: config, wire, listen, drain. `--remote`: no deployer is on this machine. */
async function main(): Promise<void> {
  const { remote = false } = parseArgs({ options: { remote: { type: "boolean" } } }).values;
  const config = parseChildConfig(process.env);
  const logger = createLogger("gateway", { level: config.logLevel, format: config.logFormat, buffered: true });
  const { databaseUrl, databaseDirectUrl, dataDir, secret } = config;
  const ended = Promise.withResolvers<void>();
  const onReplaced = () => {
    process.exitCode = 1;
    ended.resolve();
  };
  const gateway = openGateway({ databaseUrl, databaseDirectUrl, dataDir, secret, settings: config, logger, remote, onReplaced });
  process.on("SIGTERM", () => ended.resolve());
  // Under `hydra up` only SIGTERM ends it; typed into a terminal of its own, Ctrl-C does too.
  process.on("SIGINT", () => {
    if (process.stdin.isTTY) ended.resolve();
  });
  try {
    const metricsPort = await listenObservability(gateway, config);
    const port = await gateway.listen(config.gatewayPort, config.bind, config.gatewayWorkers > 1);
    await noteGateway(gateway.dir, { pid: process.pid, port, metricsPort });
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

/** On the first free port from the one that was asked for, or the usual one; one gateway alone takes what was asked for, or none. */
async function listenObservability(gateway: OpenGateway, { metricsPort, gatewayWorkers }: ObservedConfig): Promise<number> {
  const from = metricsPort ?? usualMetricsPort;
  const most = metricsPort === null ? metricsPorts : gatewayWorkers;
  for (let port = from; port < from + most; port++) {
    try {
      return await gateway.listenObservability(port);
    } catch (error) {
      if (!isTaken(error)) throw error;
    }
  }
  if (metricsPort !== null) throw new ConfigError("HYDRA_METRICS_PORT: that port is taken; set another one");
  return gateway.listenObservability(0);
}

type ObservedConfig = Pick<Config, "metricsPort" | "gatewayWorkers">;

function isTaken(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EADDRINUSE";
}

function sentence(error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  const code = error instanceof Error && "code" in error ? error.code : null;
  if (code === "EADDRINUSE") return "HYDRA_GATEWAY_PORT: that port is taken; set another one";
  if (code === "ENOTSUP") return "HYDRA_GATEWAY_WORKERS: processes cannot share a port on this system; set it to 1";
  if (code === "EADDRNOTAVAIL") return "HYDRA_BIND: this machine has no such address";
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
