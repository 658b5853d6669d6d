import { defineRoute } from "#app/_server/define-route.ts";
import { idParams } from "#lib/contracts/common.ts";
import { deleteServiceInput } from "#lib/contracts/services.ts";
import { getService } from "#lib/services/model-services/get.ts";
import { remove } from "#lib/services/model-services/remove.ts";

export const GET = defineRoute({
  scope: "user",
  params: idParams,
  handle: ({ ctx, params }) => getService({ ctx, input: { id: params.id } }),
});

/** Asks for the deletion; the service goes on existing, in state deleting, until its instances have ended. */
export const DELETE = defineRoute({
  scope: "user",
  params: idParams,
  input: deleteServiceInput,
  handle: ({ ctx, input, params }) => remove({ ctx, input: { id: params.id, confirmName: input.confirmName } }),
});
