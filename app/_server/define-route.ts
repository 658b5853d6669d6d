import "server-only";
import { z } from "zod";
import { AppError, type ErrorCode, toAppError } from "#lib/errors.ts";
import { newId } from "#lib/ids.ts";
import type { SessionUser } from "#lib/services/account/read-session.ts";
import type { Actor, Context } from "#lib/services/context.ts";
import { runtime } from "./runtime.ts";
import { currentSession, requestContext } from "./session.ts";

/** Who may call: anybody, who has signed in, or operators. */
export type RouteScope = "public" | "user" | "operator";

type Handled<Scope extends RouteScope, Input, Params> = {
  ctx: Scope extends "public" ? Context : Context & { actor: Actor };
  session: Scope extends "public" ? SessionUser | null : SessionUser;
  input: Input;
  params: Params;
  request: Request;
  requestId: string;
};

interface RouteDefinition<Scope extends RouteScope, Input extends z.core.$ZodType, Params extends z.core.$ZodType> {
  scope: Scope;
  /** Schema of the address's variable parts; what does not fit it does not exist. */
  params?: Params;
  /** Schema of the JSON body, or of the query where the method has none. */
  input?: Input;
  /** Characters of the longest body; left out: 2 MB. */
  maxBodyChars?: number;
  /** The answer: a Response as it is, undefined as 204, anything else as JSON. */
  handle: (args: Handled<Scope, z.output<Input>, z.output<Params>>) => Promise<unknown>;
}

const maxBodyChars = 2 * 1024 * 1024;

/**
 * Requests that are being answered. Node ties a request's signal to the request itself: were that collected meanwhile,
 * nobody would hear any more that the reader has left, and a model would go on for them.
 */
const running = new Set<Request>();

/** A route handler that checks origin, session, role and input, and turns every failure into one error form. */
export function defineRoute<Scope extends RouteScope, Input extends z.core.$ZodType, Params extends z.core.$ZodType>(
  definition: RouteDefinition<Scope, Input, Params>,
): (request: Request, route: { params: Promise<unknown> }) => Promise<Response> {
  return async (request, route) => {
    const requestId = newId("req");
    try {
      if (request.method !== "GET") requireSameOrigin(request);
      const session = await currentSession();
      const ctx = await requestContext();
      requireScope(definition.scope, ctx);
      const input = definition.input
        ? parseInput(definition.input, await readInput(request, definition.maxBodyChars ?? maxBodyChars))
        : undefined;
      const params = definition.params ? parseParams(definition.params, await route.params) : undefined;
      const args = { ctx, session, input, params, request, requestId };
      running.add(request);
      const answer = await definition.handle(args as Handled<Scope, z.output<Input>, z.output<Params>>);
      if (answer instanceof Response) return answer;
      if (answer === undefined) return new Response(null, { status: 204, headers: { "x-request-id": requestId } });
      return Response.json(answer, { headers: { "x-request-id": requestId, "cache-control": "no-store" } });
    } catch (thrown) {
      return errorResponse(thrown, requestId);
    } finally {
      running.delete(request);
    }
  };
}

/** The error form of every `/api` route (contracts/common.ts `errorBody`); causes go to the log alone. */
export function errorResponse(thrown: unknown, requestId: string): Response {
  const error = toAppError(thrown);
  if (error.status >= 500) runtime().log.error({ requestId, err: error.cause ?? error, code: error.code }, "request failed");
  const { code, message, param, data } = error;
  const headers: Record<string, string> = { "x-request-id": requestId, "cache-control": "no-store" };
  if (error.retryAfterSeconds !== null) headers["retry-after"] = String(error.retryAfterSeconds);
  return Response.json({ error: { code, message, param, data, requestId } }, { status: error.status, headers });
}

function requireScope(scope: RouteScope, ctx: Context): void {
  if (scope === "public") return;
  if (!ctx.actor) throw new AppError("sign_in_required", "Sign in first.");
  if (scope === "operator" && ctx.actor.role !== "operator") {
    throw new AppError("insufficient_permissions", "Only operators may do this.");
  }
}

/** A browser names the page's origin on every request that changes something; another site's is refused. */
function requireSameOrigin(request: Request): void {
  const origin = request.headers.get("origin");
  const host = request.headers.get("host");
  const allowed = origin !== null && (origin === new URL(runtime().config.consoleUrl).origin || URL.parse(origin)?.host === host);
  if (!allowed) throw new AppError("csrf_failed", "The request does not come from this console. Reload the page and try again.");
}

async function readInput(request: Request, maxChars: number): Promise<unknown> {
  if (request.method === "GET") return Object.fromEntries(new URL(request.url).searchParams);
  if (!request.headers.get("content-type")?.startsWith("application/json")) {
    throw new AppError("unsupported_media_type", "Send JSON, with the header Content-Type: application/json.");
  }
  const body = await request.text();
  if (body.length > maxChars) throw new AppError("request_too_large", `The request is larger than ${maxChars / (1024 * 1024)} MB.`);
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw new AppError("invalid_json", "The request's body is not valid JSON.", { cause });
  }
}

function parseInput<Schema extends z.core.$ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = z.safeParse(schema, value);
  if (parsed.success) return parsed.data;
  throw fromZod(parsed.error);
}

function parseParams<Schema extends z.core.$ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = z.safeParse(schema, value);
  if (!parsed.success) throw new AppError("not_found", "There is nothing at this address.", { cause: parsed.error });
  return parsed.data;
}

function fromZod(error: z.core.$ZodError): AppError {
  const issue = error.issues[0];
  const path = issue?.path.join(".") ?? "";
  if (issue?.code === "unrecognized_keys") {
    const name = [path, issue.keys[0]].filter(Boolean).join(".");
    return new AppError("unknown_parameter", `There is no member ${name}.`, { param: name });
  }
  const code: ErrorCode = issue?.code === "invalid_type" ? "invalid_type" : "invalid_value";
  return new AppError(code, `${path || "The request"}: ${issue?.message ?? "not valid"}`, path ? { param: path } : {});
}
