import { defineRoute } from "#app/_server/define-route.ts";
import { slugParams } from "#lib/contracts/models.ts";
import { getModel } from "#lib/services/models/get.ts";

export const GET = defineRoute({
  scope: "user",
  params: slugParams,
  handle: ({ ctx, params }) => getModel({ ctx, input: { slug: params.slug } }),
});
