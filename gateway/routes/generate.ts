import { setImmediate as nextTurn } from "node:timers/promises";
import type { Dispatcher } from "undici";
import type { Limits } from "../limits.ts";
import { type AdmitDeps, admit } from "../policies/admit.ts";
import { generationBound, tokenLimitFor } from "../policies/generation-bound.ts";
import type { GenerationRequest } from "../policies/generation-request.ts";
import type { ImageHosts } from "../policies/image-address.ts";
import { parseJsonObject } from "../policies/json-shape.ts";
import type { CallableService } from "../ports.ts";
import type { Picker } from "../routing/picker.ts";
import type { AnswerIdentity } from "../upstream/answer.ts";
import { Generation, type GenerationOptions } from "../upstream/generation.ts";
import { bodyWriter } from "../upstream/target.ts";
import type { ActiveCalls } from "./active-calls.ts";
import { type CallerDeps, enter, tellLimits } from "./caller.ts";
import type { Exchange } from "./exchange.ts";
import { readBody } from "./read-body.ts";
import { beginAdmitted, endAdmitted, runWhileClientStays } from "./run-call.ts";
import type { Shape } from "./shape.ts";
import { StreamedAnswer } from "./streamed-answer.ts";
import { WholeAnswer } from "./whole-answer.ts";

export interface GenerateDeps extends AdmitDeps, CallerDeps {
  picker: Picker;
  dispatcher: Dispatcher;
  limits: Limits;
  imageHosts: ImageHosts;
  calls: ActiveCalls;
}

/** Bodies from here on take milliseconds to read. */
const largeBytes = 256 * 1024;

/** What chat and legacy completions do differently. */
export interface GenerateForm {
  parse(body: Record<string, unknown>, options: Pick<GenerateDeps, "limits" | "imageHosts">): GenerationRequest;
  shape: Shape;
}

/** A route that generates text: key → limits → body → JSON → schema → admission → instance → usage record. */
export async function generate(exchange: Exchange, deps: GenerateDeps, form: GenerateForm): Promise<void> {
  // Mostly each of these is there at once; to wait for it all the same costs more than to look.
  const entering = enter(exchange, deps);
  const caller = entering instanceof Promise ? await entering : entering;
  try {
    const body = readBody(exchange.request, exchange.response, deps.limits);
    const bytes = body instanceof Promise ? await body : body;
    const request = form.parse(parseJsonObject(bytes, deps.limits), deps);
    // Reading it has taken a while: whoever waits is served before it is written again.
    if (bytes.length >= largeBytes) await nextTurn();
    const { requestId, route, startedAt } = exchange;
    const admitting = admit(
      {
        ...caller,
        requestId,
        route,
        startedAt,
        streamed: request.stream,
        model: request.model,
        purpose: "text",
        bound: (service) => generationBound(request, service),
      },
      deps,
    );
    const admission = admitting instanceof Promise ? await admitting : admitting;
    beginAdmitted(exchange, admission);
    tellLimits(exchange, caller.principal, deps.limiter);
    const { service } = admission;
    const bodyFor = bodyWriter(service, (model) =>
      JSON.stringify(instanceBody(request, { service, model, workspaceId: caller.principal.workspaceId })),
    );
    const generation = generationOf(
      exchange,
      request,
      { bodyFor, instances: service.instances, onProgress: admission.progress, shape: form.shape },
      deps,
    );
    const { outcome, error, instanceId, tally } = await runWhileClientStays(exchange, generation, deps.calls);
    const { source, tokens, firstTokenMs } = tally;
    endAdmitted(exchange, admission, caller, request.stream, {
      outcome,
      instanceId,
      source,
      tokens,
      firstTokenMs,
      errorCode: error?.code ?? null,
    });
  } catch (refused) {
    tellLimits(exchange, caller.principal, deps.limiter);
    throw refused;
  } finally {
    caller.ticket.release();
  }
}

function generationOf(
  exchange: Exchange,
  request: GenerationRequest,
  { bodyFor, instances, onProgress, shape }: Pick<GenerationOptions, "bodyFor" | "instances" | "onProgress"> & { shape: Shape },
  deps: GenerateDeps,
): Generation {
  const { picker, dispatcher, limits } = deps;
  const { requestId, startedMs } = exchange;
  return new Generation({
    requestId,
    instances,
    bodyFor,
    choices: request.choices,
    answer: openAnswer(exchange, request, shape, limits),
    picker,
    dispatcher,
    limits,
    startedMs,
    onProgress,
  });
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

interface Destination {
  service: CallableService;
  /** As the instance knows it. */
  model: string;
  workspaceId: string;
}

/** Instances always stream, also for whole answers: only a stream can be counted and cut. */
function instanceBody(request: GenerationRequest, { service, model, workspaceId }: Destination): Record<string, unknown> {
  const body: Record<string, unknown> = { ...request.params };
  const maxTokens = tokenLimitFor(request, service);
  if (maxTokens !== null) body.max_tokens = maxTokens;
  if (request.choices > 1) body.n = request.choices;
  body.model = model;
  body.stream = true;
  // Ours share prompts of one workspace alone: `cached_tokens` would else tell what somebody else has sent.
  if (service.driver !== "upstream") body.cache_salt = workspaceId;
  // Our own engine tells its counts with each event, so that a cut answer is metered exactly; others may not know the option.
  body.stream_options = service.driver === "local" ? { include_usage: true, continuous_usage_stats: true } : { include_usage: true };
  return body;
}
