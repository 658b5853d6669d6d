import { defineRoute } from "#app/_server/define-route.ts";
import { updateApiKeyInput } from "#lib/contracts/api-keys.ts";
import { idParams } from "#lib/contracts/common.ts";
import { getApiKey } from "#lib/services/api-keys/get.ts";
import { removeApiKey } from "#lib/services/api-keys/remove.ts";
import { updateApiKey } from "#lib/services/api-keys/update.ts";

export const GET = defineRoute({
  scope: "user",
  params: idParams,
  handle: ({ ctx, params }) => getApiKey({ ctx, input: { id: params.id } }),
});

export const PATCH = defineRoute({
  scope: "user",
  params: idParams,
  input: updateApiKeyInput,
  handle: ({ ctx, params, input }) => updateApiKey({ ctx, input: { ...input, id: params.id } }),
});

export const DELETE = defineRoute({
  scope: "user",
  params: idParams,
  handle: ({ ctx, params }) => removeApiKey({ ctx, input: { id: params.id } }),
});
