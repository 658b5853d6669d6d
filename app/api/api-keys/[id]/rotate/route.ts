import { defineRoute } from "#app/_server/define-route.ts";
import { rotateApiKeyInput } from "#lib/contracts/api-keys.ts";
import { idParams } from "#lib/contracts/common.ts";
import { rotateApiKey } from "#lib/services/api-keys/rotate.ts";

/** Its answer is the only one that ever holds the new key itself. */
export const POST = defineRoute({
  scope: "user",
  params: idParams,
  input: rotateApiKeyInput,
  handle: ({ ctx, params, input }) => rotateApiKey({ ctx, input: { ...input, id: params.id } }),
});
