import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../test/free-port.ts";
import type { Installation } from "./fixtures.ts";
import { databaseUrl } from "./installation-database.ts";

const readyLimitMs = 60_000;

export interface SecondConsole {
  url: string;
  stop(): Promise<void>;
}

/** Another console of the installation under test, on its database, with variables that the first one does not have. */
export async function startSecondConsole(installation: Installation, variables: Record<string, string>): Promise<SecondConsole> {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", "bin/console.ts"], {
    cwd: join(import.meta.dirname, ".."),
    stdio: ["ignore", "inherit", "inherit"],
    env: {
      ...process.env,
      NODE_ENV: "production",
      HYDRA_DATA_DIR: installation.dataDir,
      HYDRA_SECRET: (await readFile(join(installation.dataDir, "secret"), "utf8")).trim(),
      DATABASE_URL: await databaseUrl(installation),
      HYDRA_CONSOLE_PORT: String(port),
      HYDRA_GATEWAY_PORT: new URL(installation.gatewayUrl).port,
      HYDRA_LOG_LEVEL: "warn",
      ...variables,
    },
  });
  const ended = once(child, "exit");
  const stop = async () => {
    child.kill("SIGTERM");
    await ended;
  };
  try {
    await untilReady(url, ended);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, stop };
}

async function untilReady(url: string, ended: Promise<unknown>): Promise<void> {
  const end = performance.now() + readyLimitMs;
  while (performance.now() < end) {
    const answer = await fetch(`${url}/api/health`).catch(() => null);
    if (answer?.ok) return;
    if ((await Promise.race([ended.then(() => "ended"), sleep(100)])) === "ended") throw new Error("the second console ended");
  }
  throw new Error(`the second console was not ready within ${readyLimitMs / 1_000} s`);
}
