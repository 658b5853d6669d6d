import { type ChatMessage, type ChatRequest, chatRequest } from "#lib/contracts/openai/chat-request.ts";
import { AppError } from "#lib/errors.ts";
import type { Limits } from "../limits.ts";
import { forwardedMembers, type GenerationRequest } from "./generation-request.ts";
import { checkImageAddress, type ImageHosts } from "./image-address.ts";
import { memberwise } from "./memberwise.ts";
import { isPlainChat } from "./plain-chat.ts";
import { promptSize } from "./prompt-size.ts";
import { schemaError } from "./schema-error.ts";

const check = memberwise(chatRequest);

export interface ParseOptions {
  limits: Pick<Limits, "maxMessages">;
  imageHosts: ImageHosts;
}

/** Parts that name a resource, under the names engines know; an engine would fetch what they name. */
const urlMembers = ["image_url", "video_url", "audio_url"];

/** A chat completion's body, checked. Throws the 400s of the error table, each with the member it is about. */
export function parseChat(body: Record<string, unknown>, { limits, imageHosts }: ParseOptions): GenerationRequest {
  if (Array.isArray(body.messages) && body.messages.length > limits.maxMessages) {
    throw new AppError("request_too_complex", `The conversation has more than ${limits.maxMessages} messages.`, { param: "messages" });
  }
  const request = isPlainChat(body) ? body : checked(body, imageHosts);
  const params = forwardedMembers(request);
  return {
    model: request.model,
    stream: request.stream ?? false,
    includeUsage: request.stream_options?.include_usage ?? false,
    maxTokens: request.max_completion_tokens ?? request.max_tokens ?? null,
    choices: request.n ?? 1,
    params,
    size: promptSize(params),
  };
}

function checked(body: Record<string, unknown>, hosts: ImageHosts): ChatRequest {
  const parsed = check(body);
  if (!parsed.success) throw schemaError(parsed.error, body);
  for (const [index, message] of parsed.data.messages.entries()) checkMessage(message, `messages[${index}]`, hosts);
  return parsed.data;
}

function checkMessage(message: ChatMessage, path: string, hosts: ImageHosts): void {
  const { content } = message;
  if (content === null || content === undefined) {
    // An assistant's turn may consist of tool calls alone.
    if (message.role === "assistant" || message.role === "function") return;
    throw new AppError("missing_required_parameter", `Missing required parameter: '${path}.content'.`, { param: `${path}.content` });
  }
  if (typeof content === "string") return;
  for (const [index, part] of content.entries()) {
    for (const member of urlMembers) {
      if (part[member] !== undefined) checkImageAddress(part[member], `${path}.content[${index}].${member}`, hosts);
    }
  }
}
