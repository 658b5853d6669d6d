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
export async function callGateway(actor: Actor, path: string, body: unknown, signal: AbortSignal): Promise<Response> {
  const { config } = runtime();
  const host = wildcards.has(config.bind) ? "127.0.0.1" : config.bind;
  const token = await signTrialToken(config.secret, { userId: actor.userId, workspaceId: actor.workspaceId });
  let response: Response;
  try {
    response = await fetch(`http://${host}:${config.gatewayPort}/v1${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify(body),
      signal,
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
