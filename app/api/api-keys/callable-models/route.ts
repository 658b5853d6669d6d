import { defineRoute } from "#app/_server/define-route.ts";
import { callableModelQuery } from "#lib/contracts/api-keys.ts";
import { callableModels } from "#lib/services/api-keys/callable-models.ts";

export const GET = defineRoute({ scope: "user", input: callableModelQuery, handle: ({ ctx, input }) => callableModels({ ctx, input }) });
