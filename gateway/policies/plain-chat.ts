import type { ChatRequest } from "#lib/contracts/openai/chat-request.ts";

const roles = new Set(["system", "developer", "user", "assistant"]);

/**
 * Whether a body is what most calls are: messages of plain text and a few simple members within their bounds. The schema finds
 * nothing wrong with such a body and takes it as it is, so it need not be asked, which costs several times as much. False for
 * every body that it might see otherwise; `plain-chat.test` holds the two together.
 */
export function isPlainChat(body: Record<string, unknown>): body is ChatRequest {
  if (body.model === undefined || body.messages === undefined) return false;
  for (const name in body) if (!isPlain(name, body[name])) return false;
  return true;
}

function isPlain(name: string, value: unknown): boolean {
  switch (name) {
    case "model":
      return typeof value === "string" && value.length > 0 && value.length <= 256;
    case "messages":
      return Array.isArray(value) && value.length > 0 && value.every(isPlainMessage);
    case "stream":
      return typeof value === "boolean";
    case "stream_options":
      return isIncludeUsage(value);
    case "max_tokens":
    case "max_completion_tokens":
      return isBetween(value, 1, Number.MAX_SAFE_INTEGER) && Number.isInteger(value);
    case "temperature":
      return isBetween(value, 0, 2);
    case "top_p":
      return isBetween(value, 0, 1);
    case "presence_penalty":
    case "frequency_penalty":
      return isBetween(value, -2, 2);
    case "seed":
      return Number.isSafeInteger(value);
    case "user":
      return typeof value === "string" && value.length <= 512;
    default:
      return false;
  }
}

function isBetween(value: unknown, least: number, most: number): boolean {
  return typeof value === "number" && value >= least && value <= most;
}

function isPlainMessage(message: unknown): boolean {
  if (typeof message !== "object" || message === null || Array.isArray(message)) return false;
  for (const name in message) if (name !== "role" && name !== "content") return false;
  const { role, content } = message as Record<string, unknown>;
  return typeof content === "string" && roles.has(role as string);
}

function isIncludeUsage(value: unknown): boolean {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  for (const name in value) if (name !== "include_usage") return false;
  return typeof (value as Record<string, unknown>).include_usage === "boolean";
}
