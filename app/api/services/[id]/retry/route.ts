import { defineRoute } from "#app/_server/define-route.ts";
import { idParams } from "#lib/contracts/common.ts";
import { retryServiceInput } from "#lib/contracts/services.ts";
import { retryService } from "#lib/services/model-services/retry.ts";

export const POST = defineRoute({
  scope: "user",
  params: idParams,
  input: retryServiceInput,
  handle: ({ ctx, input, params }) => retryService({ ctx, input: { ...input, id: params.id } }),
});
