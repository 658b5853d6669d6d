import { defineRoute } from "#app/_server/define-route.ts";
import { me } from "#lib/services/account/me.ts";

export const GET = defineRoute({ scope: "user", handle: ({ ctx }) => me({ ctx }) });
