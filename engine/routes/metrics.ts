import type { Handle } from "../http/exchange.ts";
import type { Instance } from "./instance.ts";

/** GET /metrics, for Prometheus. */
export function metrics(instance: Instance): Handle {
  return async ({ response }) => {
    const text = await instance.metrics.text();
    response.writeHead(200, { "content-type": instance.metrics.contentType });
    response.end(text);
  };
}
