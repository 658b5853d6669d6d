import { type EmbeddingRequest, embeddingRequest } from "#lib/contracts/openai/embedding-request.ts";
import type { CallableService } from "../ports.ts";
import { type CallBound, inputBound } from "./hold-amount.ts";
import { memberwise } from "./memberwise.ts";
import { schemaError } from "./schema-error.ts";
import type { WholeRequest } from "./whole-request.ts";

const check = memberwise(embeddingRequest);

/** An embedding call's body, checked. Throws the 400s of the error table. */
export function parseEmbedding(body: Record<string, unknown>): WholeRequest {
  const parsed = check(body);
  if (!parsed.success) throw schemaError(parsed.error, body);
  const { model, user: _, ...params } = parsed.data;
  return { model, params, bound: (service) => boundOf(parsed.data, service) };
}

function boundOf({ input }: EmbeddingRequest, { model }: CallableService): CallBound {
  const inputs: readonly (string | number[])[] = isTokens(input) ? [input] : typeof input === "string" ? [input] : input;
  let tokens = 0;
  for (const one of inputs) {
    tokens += inputBound(
      { bytes: typeof one === "string" ? Buffer.byteLength(one) : one.length, messages: 1, media: 0 },
      model.contextLength,
    );
  }
  return { input: tokens, output: 0, images: 0 };
}

function isTokens(input: EmbeddingRequest["input"]): input is number[] {
  return Array.isArray(input) && typeof input[0] === "number";
}
