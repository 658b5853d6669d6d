import { defineRoute } from "#app/_server/define-route.ts";
import { idParams } from "#lib/contracts/common.ts";
import { enableApiKey } from "#lib/services/api-keys/disable.ts";

export const POST = defineRoute({
  scope: "user",
  params: idParams,
  handle: ({ ctx, params }) => enableApiKey({ ctx, input: { id: params.id } }),
});
