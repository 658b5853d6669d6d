import { performance } from "node:perf_hooks";
import type { Exchange } from "../routes/exchange.ts";
import type { RequestFacts } from "./metrics.ts";

/** What metrics count of a request that has ended. */
export function requestFacts({ response, route, startedMs, log }: Exchange): RequestFacts {
  const { model, inputTokens = 0, outputTokens = 0, firstTokenMs = null, errorCode = null, outcome } = log;
  const admitted = model !== undefined && outcome !== undefined;
  return {
    route,
    status: response.headersSent ? response.statusCode : 499,
    errorCode,
    seconds: (performance.now() - startedMs) / 1_000,
    call: admitted ? { model, inputTokens, outputTokens, firstTokenSeconds: firstTokenMs === null ? null : firstTokenMs / 1_000 } : null,
  };
}
