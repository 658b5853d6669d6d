import type { z } from "zod";
import { defineRoute } from "#app/_server/define-route.ts";
import { getModel } from "#lib/services/models/get.ts";

export const GET = defineRoute<"user", z.ZodType, { slug: string }>({
  scope: "user",
  handle: ({ ctx, params }) => getModel({ ctx, input: { slug: params.slug } }),
});
