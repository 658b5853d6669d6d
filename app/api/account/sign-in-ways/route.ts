import { defineRoute } from "#app/_server/define-route.ts";
import { signInWays } from "#lib/services/account/sign-in-ways.ts";

export const GET = defineRoute({ scope: "user", handle: ({ ctx }) => signInWays({ ctx }) });
