import { imageRequest } from "#lib/contracts/openai/image-request.ts";
import { memberwise } from "./memberwise.ts";
import { schemaError } from "./schema-error.ts";
import type { WholeRequest } from "./whole-request.ts";

const check = memberwise(imageRequest);

/** An image generation's body, checked. Throws the 400s of the error table. */
export function parseImage(body: Record<string, unknown>): WholeRequest {
  const parsed = check(body);
  if (!parsed.success) throw schemaError(parsed.error, body);
  const { model, user: _, ...params } = parsed.data;
  return { model, params, bound: () => ({ input: 0, output: 0, images: params.n ?? 1 }) };
}
