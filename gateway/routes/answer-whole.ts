import type { TokenCounts } from "#lib/money/usage.ts";
import { type Admission, admit } from "../policies/admit.ts";
import type { Purpose } from "../policies/find-service.ts";
import { parseJsonObject } from "../policies/json-shape.ts";
import type { WholeRequest } from "../policies/whole-request.ts";
import type { UsageEntry } from "../ports.ts";
import { upstreamFailure } from "../upstream/failure.ts";
import { bodyWriter } from "../upstream/target.ts";
import { WholeCall, type WholeCallEnd } from "../upstream/whole-call.ts";
import { enter, tellLimits } from "./caller.ts";
import { type Exchange, sendError, sendJson } from "./exchange.ts";
import type { GenerateDeps } from "./generate.ts";
import { readBody } from "./read-body.ts";
import { beginAdmitted, endAdmitted, runWhileClientStays } from "./run-call.ts";

/** What an answer says it used; null where it does not say what its charge needs. */
export type AnswerUsage = { source: UsageEntry["source"]; tokens: TokenCounts } | null;

/** What embeddings and images do differently. */
export interface WholeForm {
  purpose: Purpose;
  /** At the instance as at the gateway. */
  path: string;
  parse(body: Record<string, unknown>): WholeRequest;
  usageOf(answer: Record<string, unknown>): AnswerUsage;
  /** What the client gets of the instance's answer. */
  shape(answer: Record<string, unknown>, model: string): Record<string, unknown>;
  /** How long an instance may take, in milliseconds. */
  answerMs(limits: GenerateDeps["limits"]): number;
}

const nothing: TokenCounts = { input: 0, cached: 0, output: 0 };

/** A route whose answer comes in one piece and is charged by what the answer says. */
export async function answerWhole(exchange: Exchange, deps: GenerateDeps, form: WholeForm): Promise<void> {
  const caller = await enter(exchange, deps);
  try {
    const bytes = await readBody(exchange.request, exchange.response, deps.limits);
    const request = form.parse(parseJsonObject(bytes, deps.limits));
    const { requestId, route, startedAt } = exchange;
    const { model, bound } = request;
    const admission = await admit({ ...caller, requestId, route, startedAt, streamed: false, model, purpose: form.purpose, bound }, deps);
    beginAdmitted(exchange, admission);
    tellLimits(exchange, caller.principal, deps.limiter);
    const params = set(request.params);
    const call = new WholeCall({
      requestId,
      path: form.path,
      bodyFor: bodyWriter(admission.service, (model) => JSON.stringify({ ...params, model })),
      instances: admission.service.instances,
      picker: deps.picker,
      dispatcher: deps.dispatcher,
      answerMs: form.answerMs(deps.limits),
      limits: deps.limits,
    });
    const end = finish(exchange, form, admission, await runWhileClientStays(exchange, call, deps.calls));
    endAdmitted(exchange, admission, caller, false, end);
  } catch (refused) {
    tellLimits(exchange, caller.principal, deps.limiter);
    throw refused;
  } finally {
    caller.ticket.release();
  }
}

/** Answers the client, and says what is charged. */
function finish(exchange: Exchange, form: WholeForm, { service }: Admission, { outcome, error, instanceId, answer }: WholeCallEnd) {
  const failed = { instanceId, source: "none" as const, tokens: nothing, firstTokenMs: null };
  if (!answer) {
    if (error) sendError(exchange, error);
    return { ...failed, outcome, errorCode: error?.code ?? null };
  }
  const usage = form.usageOf(answer);
  if (!Array.isArray(answer.data) || (!usage && service.billing === "token")) {
    const cause = new Error("the answer has no list of data, or does not say what it used");
    const { error: unusable } = upstreamFailure("upstream_invalid_response", "none", cause);
    sendError(exchange, unusable);
    return { ...failed, outcome: "upstream_error" as const, errorCode: unusable.code };
  }
  sendJson(exchange, 200, form.shape(answer, service.accessName));
  return { instanceId, outcome, errorCode: null, firstTokenMs: null, ...(usage ?? { source: "none" as const, tokens: nothing }) };
}

/** Null stands for "not set", and engines need not know that. */
function set(params: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(params).filter(([, value]) => value !== null && value !== undefined));
}
