import type { Admission } from "../policies/admit.ts";
import type { Asker } from "../policies/find-service.ts";
import type { UsageEntry } from "../ports.ts";
import type { ActiveCalls, RunningCall } from "./active-calls.ts";
import { type Exchange, elapsedMs } from "./exchange.ts";

/** Runs an admitted call to its end; a client that leaves ends it at once. */
export function runWhileClientStays<End>({ response }: Exchange, call: RunningCall<End>, calls: ActiveCalls): Promise<End> {
  const running = calls.begin(call);
  const ended = call.run();
  response.onClose(() => {
    calls.end(running);
    if (!response.finished) call.leave();
  });
  return ended;
}

/** What a route knows of how its call went. */
export type CallEnd = Pick<UsageEntry, "outcome" | "instanceId" | "source" | "tokens" | "firstTokenMs"> & {
  errorCode: UsageEntry["errorCode"];
};

/** The answer of an admitted call is a receipt's subject: its id goes on the answer before anything is sent. */
export function beginAdmitted(exchange: Exchange, { service }: Admission): void {
  exchange.log.model = service.accessName;
  exchange.lines += `x-hydra-receipt: ${exchange.requestId}\r\n`;
}

/** Hands the usage of a call over, to its limits, the ledger and the log line. */
export function endAdmitted(exchange: Exchange, admission: Admission, { principal }: Asker, streamed: boolean, end: CallEnd): void {
  const { response } = exchange;
  const { service } = admission;
  const entry: UsageEntry = {
    ...end,
    requestId: exchange.requestId,
    principal,
    service,
    modelId: service.model.id,
    route: exchange.route,
    streamed,
    status: response.headersSent ? response.statusCode : 499,
    price: service.price,
    startedAt: exchange.startedAt,
    durationMs: elapsedMs(exchange),
  };
  admission.end(entry);
  const { tokens, outcome, firstTokenMs } = entry;
  const { log } = exchange;
  log.inputTokens = tokens.input;
  log.outputTokens = tokens.output;
  log.outcome = outcome;
  log.firstTokenMs = firstTokenMs;
}
