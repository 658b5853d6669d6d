import { defineRoute } from "#app/_server/define-route.ts";
import { idParams } from "#lib/contracts/common.ts";
import { scaleInput } from "#lib/contracts/services.ts";
import { scale } from "#lib/services/model-services/scale.ts";

export const POST = defineRoute({
  scope: "user",
  params: idParams,
  input: scaleInput,
  handle: ({ ctx, input, params }) => scale({ ctx, input: { ...input, id: params.id } }),
});
