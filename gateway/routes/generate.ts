import type { Dispatcher } from "undici";
import type { Limits } from "../limits.ts";
import { type AdmitDeps, admit } from "../policies/admit.ts";
import { authenticate } from "../policies/authenticate.ts";
import type { GenerationRequest } from "../policies/generation-request.ts";
import { parseJsonObject } from "../policies/json-shape.ts";
import type { CallableService, Principal, Principals, UsageEntry } from "../ports.ts";
import type { Picker } from "../routing/picker.ts";
import type { AnswerIdentity } from "../upstream/answer.ts";
import { Generation, type GenerationEnd } from "../upstream/generation.ts";
import type { ActiveCalls } from "./active-calls.ts";
import { type Exchange, elapsedMs } from "./exchange.ts";
import { readBody } from "./read-body.ts";
import type { Shape } from "./shape.ts";
import { StreamedAnswer } from "./streamed-answer.ts";
import { WholeAnswer } from "./whole-answer.ts";

export interface GenerateDeps extends AdmitDeps {
  principals: Principals;
  secret: string;
  picker: Picker;
  dispatcher: Dispatcher;
  limits: Limits;
  calls: ActiveCalls;
}

/** What chat and legacy completions do differently. */
export interface GenerateForm {
  parse(body: Record<string, unknown>, limits: Limits): GenerationRequest;
  shape: Shape;
}

/** A route that generates text: key → body → JSON → schema → model, rights, price, balance → instance → usage record. */
export async function generate(exchange: Exchange, deps: GenerateDeps, form: GenerateForm): Promise<void> {
  const principal = await authenticate(exchange.request.headers.authorization, deps);
  if (principal.keyId) deps.metering.keyUsed(principal.keyId);
  const bytes = await readBody(exchange.request, exchange.response, deps.limits);
  const request = form.parse(parseJsonObject(bytes, deps.limits), deps.limits);
  const service = await admit(request.model, principal, deps);
  exchange.log.model = service.accessName;
  const generation = new Generation({
    requestId: exchange.requestId,
    instances: service.instances,
    body: instanceBody(request, service),
    answer: openAnswer(exchange, request, form.shape, deps.limits),
    picker: deps.picker,
    dispatcher: deps.dispatcher,
    limits: deps.limits,
    startedMs: exchange.startedMs,
  });
  const end = await runWhileClientStays(exchange, generation, deps.calls);
  const entry = usageEntry(exchange, principal, service, request, end);
  deps.metering.record(entry);
  Object.assign(exchange.log, { inputTokens: entry.tokens.input, outputTokens: entry.tokens.output, outcome: entry.outcome });
}

async function runWhileClientStays(exchange: Exchange, generation: Generation, calls: ActiveCalls): Promise<GenerationEnd> {
  const { response } = exchange;
  const onClose = () => {
    if (!response.writableFinished) generation.leave();
  };
  response.once("close", onClose);
  const ended = calls.run(generation);
  if (response.closed || response.destroyed) generation.leave();
  return ended;
}

function openAnswer(exchange: Exchange, request: GenerationRequest, shape: Shape, limits: Limits): StreamedAnswer | WholeAnswer {
  const identity: AnswerIdentity = {
    id: `${shape.idPrefix}-${exchange.requestId.slice("req_".length)}`,
    created: Math.floor(exchange.startedAt.getTime() / 1000),
    model: request.model,
  };
  return request.stream
    ? new StreamedAnswer({ exchange, identity, shape, includeUsage: request.includeUsage, limits })
    : new WholeAnswer({ exchange, identity, shape, limits });
}

/** Instances always stream, also for whole answers: only a stream can be counted and cut. */
function instanceBody(request: GenerationRequest, service: CallableService): string {
  const { maxOutputTokens } = service.model;
  // Our own engine tells its counts with each event, so that a cut answer is metered exactly; others may not know the option.
  const continuous = service.driver === "local" ? { continuous_usage_stats: true } : {};
  return JSON.stringify({
    ...request.params,
    ...(request.maxTokens === null ? {} : { max_tokens: Math.min(request.maxTokens, maxOutputTokens) }),
    model: service.accessName,
    stream: true,
    stream_options: { include_usage: true, ...continuous },
  });
}

function usageEntry(
  exchange: Exchange,
  principal: Principal,
  service: CallableService,
  request: GenerationRequest,
  end: GenerationEnd,
): UsageEntry {
  const { response } = exchange;
  const { tally } = end;
  return {
    requestId: exchange.requestId,
    principal,
    service: { id: service.id, accessName: service.accessName },
    modelId: service.model.id,
    instanceId: end.instanceId,
    route: exchange.route,
    streamed: request.stream,
    outcome: end.outcome,
    status: response.headersSent ? response.statusCode : 499,
    errorCode: end.error?.code ?? null,
    source: tally.source,
    tokens: tally.tokens,
    price: service.billing === "token" ? service.price : null,
    startedAt: exchange.startedAt,
    firstTokenMs: tally.firstTokenMs,
    durationMs: elapsedMs(exchange),
  };
}
