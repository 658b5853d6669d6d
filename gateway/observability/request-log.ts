import { type Logger, linesOf } from "#lib/observability/logger.ts";
import type { Exchange } from "../routes/exchange.ts";
import { ByThree } from "./by-three.ts";

/**
 * Writes one line a request, `ms` after its begin: no keys, no bodies. Probes come every second and are only of interest when
 * they fail. The usual line is put together here, as the logger's way costs a twentieth of a short call; all of its texts are
 * ours, or a method of HTTP's few characters, and stand in JSON as they are.
 */
export function createRequestLog(logger: Logger): (exchange: Exchange, ms: number) => void {
  const lines = linesOf(logger);
  // What many lines have in common is one text: each piece of a line costs when the line is written.
  const kinds = new ByThree(kindMembers);

  return (exchange, ms) => {
    const { request, requestId, response, route, log } = exchange;
    const status = response.headersSent ? response.statusCode : 499;
    // A request for no route may name any method: its text is not kept.
    const kind = route === "" ? kindMembers(request.method, route, status) : kinds.of(request.method, route, status);
    const members = `"requestId":"${requestId}",${kind},"ms":${Math.round(ms)}${callMembers(log)}`;
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

function kindMembers(method: string, route: string, status: number): string {
  return `"method":"${method}","route":"${route}","status":${status}`;
}

function callMembers({ model, errorCode, inputTokens, outputTokens, firstTokenMs, outcome }: Exchange["log"]): string {
  let text = "";
  if (model !== undefined) text += `,"model":"${model}"`;
  if (errorCode !== undefined) text += `,"errorCode":"${errorCode}"`;
  // The three are told together, of a call that was admitted.
  if (inputTokens !== undefined) text += `,"inputTokens":${inputTokens},"outputTokens":${outputTokens},"firstTokenMs":${firstTokenMs}`;
  if (outcome !== undefined) text += `,"outcome":"${outcome}"`;
  return text;
}
