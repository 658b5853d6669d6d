import { connect, createServer } from "node:net";
import type { Config } from "#lib/config.ts";
import { Refusal } from "./refusal.ts";

const connectLimitMs = 500;

/** Refuses where another program has one of the ports, or this machine has no such address. */
export async function checkPorts(
  config: Pick<Config, "bind" | "consolePort" | "gatewayPort">,
  { gatewayOnly = false }: { gatewayOnly?: boolean } = {},
): Promise<void> {
  if (!gatewayOnly) await checkPort(config.bind, config.consolePort, "console", "HYDRA_CONSOLE_PORT");
  await checkPort(config.bind, config.gatewayPort, "gateway", "HYDRA_GATEWAY_PORT");
}

async function checkPort(bind: string, port: number, name: string, variable: string): Promise<void> {
  const code = await listenError(bind, port);
  if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND") {
    throw new Refusal(`This machine has no address ${bind}. Set HYDRA_BIND to one of its own, such as 127.0.0.1 or 0.0.0.0.`);
  }
  if (code === "EACCES") throw new Refusal(`Port ${port} of the ${name} is reserved for root. Set ${variable} to 1024 or more.`);
  // Listening on one address can succeed beside a program on all addresses (macOS), and `localhost` may lead to ::1 first.
  if (code === "EADDRINUSE" || (await answers("127.0.0.1", port)) || (await answers("::1", port))) {
    throw new Refusal(
      `Port ${port} is taken, so the ${name} cannot listen on it. Stop the program that uses it, or set ${variable} to another port.`,
    );
  }
  if (code !== null) throw new Refusal(`The ${name} cannot listen on ${bind} port ${port} (${code}). Correct HYDRA_BIND or ${variable}.`);
}

async function listenError(host: string, port: number): Promise<string | null> {
  const server = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, host, resolve);
    });
    await new Promise((resolve) => server.close(resolve));
    return null;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? "unknown";
  }
}

async function answers(host: string, port: number): Promise<boolean> {
  const socket = connect({ host, port, timeout: connectLimitMs });
  try {
    return await new Promise<boolean>((resolve) => {
      socket.once("connect", () => resolve(true));
      socket.once("error", () => resolve(false));
      socket.once("timeout", () => resolve(false));
    });
  } finally {
    socket.destroy();
  }
}
