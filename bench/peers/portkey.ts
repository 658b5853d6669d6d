import { join } from "node:path";
import { freePort } from "#test/free-port.ts";
import { type Running, start } from "../processes.ts";

const entry = join(import.meta.dirname, "../../node_modules/@portkey-ai/gateway/build/start-server.js");

/** Portkey's gateway as its package starts it. Which upstream it calls stands in each request's headers. */
export async function startPortkey(dir: string): Promise<Running> {
  const port = await freePort();
  const args = ["--import", join(import.meta.dirname, "portkey-streams.mjs"), entry, "--headless", `--port=${port}`];
  return start({ command: process.execPath, args, port, cwd: dir, env: { NODE_ENV: "production" }, measured: true });
}

export function portkeyHeaders(upstreamPort: number): Record<string, string> {
  return {
    authorization: "Bearer any",
    "x-portkey-provider": "openai",
    "x-portkey-custom-host": `http://127.0.0.1:${upstreamPort}/v1`,
  };
}
