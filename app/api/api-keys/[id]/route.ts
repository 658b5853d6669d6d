import { defineRoute } from "#app/_server/define-route.ts";
import { idParams } from "#lib/contracts/common.ts";
import { removeApiKey } from "#lib/services/api-keys/remove.ts";

export const DELETE = defineRoute({
  scope: "user",
  params: idParams,
  handle: ({ ctx, params }) => removeApiKey({ ctx, input: { id: params.id } }),
});
