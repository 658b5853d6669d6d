import { AppError } from "#lib/errors.ts";
import type { CallableService } from "../ports.ts";
import type { GenerationRequest } from "./generation-request.ts";
import { type CallBound, inputBound, outputBound } from "./hold-amount.ts";

/** The most tokens that an instance is told to write for each choice; null: it is told none. */
export function tokenLimitFor({ maxTokens, size }: GenerationRequest, { model }: CallableService): number | null {
  if (maxTokens !== null) return Math.min(maxTokens, model.maxOutputTokens);
  // Engines refuse a limit that the context cannot hold beside the prompt, and without one stop at the context's end.
  const prompt = inputBound(size, model.contextLength);
  return prompt + model.maxOutputTokens <= model.contextLength ? model.maxOutputTokens : null;
}

/** The most that a call can use of a service. Throws `invalid_value` for several choices of an engine that makes one. */
export function generationBound(request: GenerationRequest, service: CallableService): CallBound {
  if (request.choices > 1 && service.driver === "local") {
    throw new AppError("invalid_value", `Invalid value for 'n': ${service.accessName} makes one answer at a time.`, { param: "n" });
  }
  const { contextLength } = service.model;
  return {
    input: inputBound(request.size, contextLength),
    output: outputBound(request.choices, tokenLimitFor(request, service) ?? contextLength, contextLength),
    images: 0,
  };
}
