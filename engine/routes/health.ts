import type { Handle } from "../http/exchange.ts";
import { sendJson } from "../http/reply.ts";
import type { Instance } from "./instance.ts";

/** GET /health: anybody learns whether it is up; who shows the bearer also learns which process this is and how busy it is. */
export function health(instance: Instance): Handle {
  return async ({ request, response }) => {
    const { engine, identity } = instance;
    const status = engine ? "ok" : "loading";
    const known = request.headers.authorization !== undefined;
    const { nonce, instanceId } = identity;
    const details = known ? { nonce, instanceId, pid: process.pid, ...(engine ? { slots: engine.slots() } : {}) } : {};
    sendJson(response, engine ? 200 : 503, { status, ...details });
  };
}
