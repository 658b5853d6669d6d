import { completionRequest } from "#lib/contracts/openai/completion-request.ts";
import { forwardedMembers, type GenerationRequest } from "./generation-request.ts";
import { memberwise } from "./memberwise.ts";
import { promptSize } from "./prompt-size.ts";
import { schemaError } from "./schema-error.ts";

const check = memberwise(completionRequest);

/** A legacy completion's body, checked, as the chat call that answers it. Throws the 400s of the error table. */
export function parseCompletion(body: Record<string, unknown>): GenerationRequest {
  const parsed = check(body);
  if (!parsed.success) throw schemaError(parsed.error, body);
  const request = parsed.data;
  // Chat has a member of that name with another meaning.
  const { echo: _, ...members } = forwardedMembers(request);
  const prompt = typeof request.prompt === "string" ? request.prompt : request.prompt[0];
  const params = { ...members, messages: [{ role: "user", content: prompt }] };
  return {
    model: request.model,
    stream: request.stream ?? false,
    includeUsage: request.stream_options?.include_usage ?? false,
    maxTokens: request.max_tokens ?? null,
    choices: request.n ?? 1,
    params,
    size: promptSize(params),
  };
}
