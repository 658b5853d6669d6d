import { defineRoute } from "#app/_server/define-route.ts";
import { listRegions } from "#lib/services/models/regions.ts";

export const GET = defineRoute({ scope: "user", handle: ({ ctx }) => listRegions({ ctx }) });
