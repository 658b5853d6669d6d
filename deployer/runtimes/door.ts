import { createHash, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { type ForwardTarget, forward, sendError } from "./forward.ts";

export interface DoorOptions {
  bearer: string;
  nonce: string;
  instanceId: string;
  target: ForwardTarget;
}

export interface Door {
  port: number;
  /** No new calls; resolves when the running ones have ended, or after `limitMs`. */
  drain(limitMs: number): Promise<void>;
}

const askLimitMs = 1_500;

/** What the deployer and the gateway talk to: says who it is as an engine does, lets in who shows the bearer, passes all else on. */
export async function openDoor({ bearer, nonce, instanceId, target }: DoorOptions): Promise<Door> {
  const wanted = digest(`Bearer ${bearer}`);
  let draining = false;
  const server = createServer(async (from, to) => {
    // Else a connection that is kept open would bring new calls for as long as it likes.
    to.shouldKeepAlive &&= !draining;
    const known = timingSafeEqual(digest(from.headers.authorization ?? ""), wanted);
    if (from.url === "/health") return health(from, to, known);
    if (!known) return sendError(to, 401, "The bearer is missing or wrong.");
    if (draining) return sendError(to, 503, "This instance is ending.");
    forward(from, to, target);
  });
  server.requestTimeout = 0;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port on loopback");
  return {
    port: address.port,
    async drain(limitMs) {
      draining = true;
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeIdleConnections();
      await Promise.race([closed, sleep(limitMs)]);
      server.closeAllConnections();
    },
  };

  async function health(from: IncomingMessage, to: ServerResponse, known: boolean): Promise<void> {
    from.resume();
    const ready = await isReady(target);
    const details = known ? { nonce, instanceId, pid: process.pid } : {};
    const body = JSON.stringify({ status: ready ? "ok" : "loading", ...details });
    to.writeHead(ready ? 200 : 503, { "content-type": "application/json" }).end(body);
  }
}

/** llama-server and vLLM both answer /health with 200 once the model is loaded, and not before. */
async function isReady({ port, key }: ForwardTarget): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(askLimitMs);
    const answer = await fetch(`http://127.0.0.1:${port}/health`, { headers: { authorization: `Bearer ${key}` }, signal });
    await answer.body?.cancel();
    return answer.status === 200;
  } catch {
    return false;
  }
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
