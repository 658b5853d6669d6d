import { defineRoute } from "#app/_server/define-route.ts";
import { slugParams } from "#lib/contracts/models.ts";
import { getModel } from "#lib/services/models/get.ts";
import { removeOwnModel } from "#lib/services/models/remove-own.ts";

export const GET = defineRoute({
  scope: "user",
  params: slugParams,
  handle: ({ ctx, params }) => getModel({ ctx, input: { slug: params.slug } }),
});

/** Deletes a model that the caller's workspace has brought. */
export const DELETE = defineRoute({
  scope: "user",
  params: slugParams,
  handle: ({ ctx, params }) => removeOwnModel({ ctx, input: { slug: params.slug } }),
});
