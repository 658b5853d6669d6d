import { type Logger, linesOf } from "#lib/observability/logger.ts";
import type { Exchange } from "../routes/exchange.ts";

/**
 * Writes one line a request, `ms` after its begin: no keys, no bodies. Probes come every second and are only of interest when
 * they fail. The usual line is put together here, as the logger's way costs a twentieth of a short call; all of its texts are
 * ours, or a method of HTTP's few characters, and stand in JSON as they are.
 */
export function createRequestLog(logger: Logger): (exchange: Exchange, ms: number) => void {
  const lines = linesOf(logger);

  return (exchange, ms) => {
    const { response, route, log } = exchange;
    const status = response.headersSent ? response.statusCode : 499;
    const members = membersOf(exchange, status, Math.round(ms));
    if (status >= 500 || log.cause instanceof Error) {
      // An error is for the logger to write: it knows what of it must not be seen.
      const err = log.cause instanceof Error ? { err: log.cause } : {};
      logger.warn({ ...JSON.parse(`{${members}}`), ...err }, "request");
      return;
    }
    const level = route.endsWith("z") && status < 400 ? "debug" : "info";
    if (logger.isLevelEnabled(level)) lines.write(`${lines.begin(level)},${members},"msg":"request"}\n`);
  };
}

function membersOf(exchange: Exchange, status: number, ms: number): string {
  const { request, requestId, route, log } = exchange;
  const { model, errorCode, inputTokens, outputTokens, firstTokenMs, outcome } = log;
  let text = `"requestId":"${requestId}","method":"${request.method}","route":"${route}","status":${status},"ms":${ms}`;
  if (model !== undefined) text += `,"model":"${model}"`;
  if (errorCode !== undefined) text += `,"errorCode":"${errorCode}"`;
  if (inputTokens !== undefined) text += `,"inputTokens":${inputTokens}`;
  if (outputTokens !== undefined) text += `,"outputTokens":${outputTokens}`;
  if (firstTokenMs !== undefined) text += `,"firstTokenMs":${firstTokenMs}`;
  if (outcome !== undefined) text += `,"outcome":"${outcome}"`;
  return text;
}
