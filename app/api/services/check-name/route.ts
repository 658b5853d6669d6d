import { z } from "zod";
import { defineRoute } from "#app/_server/define-route.ts";
import { serviceName } from "#lib/contracts/services.ts";
import { checkName } from "#lib/services/model-services/check-name.ts";

export const GET = defineRoute({
  scope: "user",
  input: z.strictObject({ name: serviceName }),
  handle: ({ ctx, input }) => checkName({ ctx, input }),
});
