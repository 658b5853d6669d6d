import type { z } from "zod";
import { defineRoute } from "#app/_server/define-route.ts";
import { removeApiKey } from "#lib/services/api-keys/remove.ts";

export const DELETE = defineRoute<"user", z.ZodType, { id: string }>({
  scope: "user",
  handle: ({ ctx, params }) => removeApiKey({ ctx, input: { id: params.id } }),
});
