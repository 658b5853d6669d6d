import { defineRoute } from "#app/_server/define-route.ts";
import { idParams } from "#lib/contracts/common.ts";
import { removePreset } from "#lib/services/presets/remove.ts";

export const DELETE = defineRoute({
  scope: "user",
  params: idParams,
  handle: ({ ctx, params }) => removePreset({ ctx, input: params }),
});
