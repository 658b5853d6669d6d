import { defineRoute } from "#app/_server/define-route.ts";
import { idParams } from "#lib/contracts/common.ts";
import { generationInput } from "#lib/contracts/services.ts";
import { startService } from "#lib/services/model-services/start.ts";

export const POST = defineRoute({
  scope: "user",
  params: idParams,
  input: generationInput,
  handle: ({ ctx, input, params }) => startService({ ctx, input: { ...input, id: params.id } }),
});
