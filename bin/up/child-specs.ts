import type { Config } from "#lib/config.ts";
import { findGateway } from "#lib/gateway-process.ts";
import { dataPaths } from "../installation/data-dir.ts";
import { readText } from "../installation/private-file.ts";
import type { ChildSpec } from "./child.ts";

const probeLimitMs = 2_000;

type ProbedConfig = Pick<Config, "bind" | "consolePort" | "gatewayWorkers" | "dataDir">;

/** The processes of one machine, in the order in which they are stopped. */
export function childSpecs(config: ProbedConfig, options: { dev: boolean; gatewayOnly?: boolean }): ChildSpec[] {
  const { gatewayOnly = false } = options;
  const gateways = Array.from({ length: config.gatewayWorkers }, (_, index) => gateway(config, index + 1, gatewayOnly));
  if (gatewayOnly) return gateways;
  return [...gateways, deployer(config), consoleServer(config, options.dev)];
}

export function gateway(config: ProbedConfig, number: number, remote: boolean): ChildSpec {
  return {
    name: number === 1 ? "gateway" : `gateway-${number}`,
    args: remote ? ["gateway/main.ts", "--remote"] : ["gateway/main.ts"],
    // On a port of its own: the one that it serves on may be several processes'.
    ready: async (pid) => {
      const told = await findGateway(config.dataDir, pid);
      return told !== null && (await answersOk("127.0.0.1", told.metricsPort, "/readyz"));
    },
    stop: { signal: "SIGTERM", limitMs: 25_000 },
    sources: ["gateway", "lib"],
  };
}

export function deployer(config: ProbedConfig): ChildSpec {
  return {
    name: "deployer",
    args: ["deployer/main.ts"],
    ready: async (pid) => {
      const told = JSON.parse((await readText(dataPaths(config.dataDir).deployer)) ?? "{}") as { pid?: number };
      return told.pid === pid;
    },
    // Other than SIGTERM, this ends its instances too.
    stop: { signal: "SIGUSR2", limitMs: 25_000 },
    sources: ["deployer", "lib", "engine"],
  };
}

export function consoleServer(config: ProbedConfig, dev: boolean): ChildSpec {
  return {
    name: "console",
    args: dev ? ["bin/console.ts", "--dev"] : ["bin/console.ts"],
    ready: () => answersOk(config.bind, config.consolePort, "/api/health"),
    stop: { signal: "SIGTERM", limitMs: 5_000 },
    // Next watches by itself.
    sources: [],
  };
}

async function answersOk(bind: string, port: number, path: string): Promise<boolean> {
  const response = await fetch(`http://${reachable(bind)}:${port}${path}`, { signal: AbortSignal.timeout(probeLimitMs) });
  await response.body?.cancel();
  return response.status === 200;
}

/** An address that this machine reaches a listener on `bind` by. */
function reachable(bind: string): string {
  if (bind === "0.0.0.0") return "127.0.0.1";
  if (bind === "::") return "[::1]";
  return bind.includes(":") ? `[${bind}]` : bind;
}
