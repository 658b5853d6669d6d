import { defineRoute } from "#app/_server/define-route.ts";
import { idParams } from "#lib/contracts/common.ts";
import { disableApiKey } from "#lib/services/api-keys/disable.ts";

export const POST = defineRoute({
  scope: "user",
  params: idParams,
  handle: ({ ctx, params }) => disableApiKey({ ctx, input: { id: params.id } }),
});
