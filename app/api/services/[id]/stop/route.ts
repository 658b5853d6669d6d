import { defineRoute } from "#app/_server/define-route.ts";
import { idParams } from "#lib/contracts/common.ts";
import { generationInput } from "#lib/contracts/services.ts";
import { stopService } from "#lib/services/model-services/stop.ts";

export const POST = defineRoute({
  scope: "user",
  params: idParams,
  input: generationInput,
  handle: ({ ctx, input, params }) => stopService({ ctx, input: { ...input, id: params.id } }),
});
