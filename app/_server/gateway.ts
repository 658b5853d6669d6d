import "server-only";
import { AppError, type ErrorCode, errorStatus } from "#lib/errors.ts";
import { signTrialToken } from "#lib/secrets.ts";
import type { Actor } from "#lib/services/context.ts";
import { runtime } from "./runtime.ts";

const wildcards = new Set(["0.0.0.0", "::"]);

/**
 * Calls the gateway as the signed-in user, as any client would. Resolves to its answer once it has committed to one;
 * a refusal is thrown with the gateway's own code and message.
 */
export function callGateway(actor: Actor, path: string, body: unknown, signal: AbortSignal): Promise<Response> {
  return ask(actor, path, { method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json" }, signal });
}

/** As {@link callGateway}, but reads. */
export function readGateway(actor: Actor, path: string, signal: AbortSignal): Promise<Response> {
  return ask(actor, path, { method: "GET", headers: {}, signal });
}

interface Question {
  method: "GET" | "POST";
  body?: string;
  headers: Record<string, string>;
  signal: AbortSignal;
}

async function ask(actor: Actor, path: string, question: Question): Promise<Response> {
  const { config } = runtime();
  const host = wildcards.has(config.bind) ? "127.0.0.1" : config.bind;
  const token = await signTrialToken(config.secret, { userId: actor.userId, workspaceId: actor.workspaceId });
  let response: Response;
  try {
    response = await fetch(`http://${host}:${config.gatewayPort}/v1${path}`, {
      ...question,
      headers: { ...question.headers, authorization: `Bearer ${token}` },
    });
  } catch (cause) {
    throw new AppError("shutting_down", "The gateway does not answer. Try again in a moment.", { cause });
  }
  if (!response.ok) throw await refusal(response);
  return response;
}

async function refusal(response: Response): Promise<AppError> {
  const body = (await response.json().catch(() => null)) as { error?: { code?: string; message?: string; param?: string | null } } | null;
  const { code, message, param } = body?.error ?? {};
  const known: ErrorCode = code && code in errorStatus ? (code as ErrorCode) : "upstream_error";
  return new AppError(known, message ?? "The gateway refused the call.", param ? { param } : {});
}
