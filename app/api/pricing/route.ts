import { defineRoute } from "#app/_server/define-route.ts";
import { listPrices } from "#lib/services/pricing/list.ts";

export const GET = defineRoute({ scope: "user", handle: ({ ctx }) => listPrices({ ctx }) });
