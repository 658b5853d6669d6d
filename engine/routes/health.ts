import type { Handle } from "../http/exchange.ts";
import { sendJson } from "../http/reply.ts";
import type { Instance } from "./instance.ts";

/** GET /health: anybody learns whether it is up; who shows the bearer also learns which process this is and how busy it is. */
export function health(instance: Instance): Handle {
  return async ({ request, response }) => {
    const { identity } = instance;
    const slots = instance.slots();
    const status = slots ? "ok" : "loading";
    const known = request.headers.authorization !== undefined;
    const { nonce, instanceId } = identity;
    const details = known ? { nonce, instanceId, pid: process.pid, ...(slots ? { slots } : {}) } : {};
    sendJson(response, slots ? 200 : 503, { status, ...details });
  };
}
