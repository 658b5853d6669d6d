import { defineRoute } from "#app/_server/define-route.ts";
import { idParams } from "#lib/contracts/common.ts";
import { endGrace } from "#lib/services/api-keys/end-grace.ts";

export const POST = defineRoute({
  scope: "user",
  params: idParams,
  handle: ({ ctx, params }) => endGrace({ ctx, input: { id: params.id } }),
});
