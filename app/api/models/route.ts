import { defineRoute } from "#app/_server/define-route.ts";
import { listModels } from "#lib/services/models/list.ts";

export const GET = defineRoute({ scope: "user", handle: ({ ctx }) => listModels({ ctx }) });
