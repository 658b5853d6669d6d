import type { Exchange } from "../routes/exchange.ts";
import type { RequestFacts } from "./metrics.ts";

/** What metrics count of a request that has ended, `ms` after its begin. */
export function requestFacts({ response, route, log }: Exchange, ms: number): RequestFacts {
  const { model, inputTokens = 0, outputTokens = 0, firstTokenMs = null, errorCode = null, outcome } = log;
  const admitted = model !== undefined && outcome !== undefined;
  return {
    route,
    status: response.headersSent ? response.statusCode : 499,
    errorCode,
    seconds: ms / 1_000,
    call: admitted ? { model, inputTokens, outputTokens, firstTokenSeconds: firstTokenMs === null ? null : firstTokenMs / 1_000 } : null,
  };
}
