import { defineRoute } from "#app/_server/define-route.ts";
import { updateMeInput } from "#lib/contracts/account.ts";
import { me } from "#lib/services/account/me.ts";
import { updateMe } from "#lib/services/account/update-me.ts";

export const GET = defineRoute({ scope: "user", handle: ({ ctx }) => me({ ctx }) });

export const PATCH = defineRoute({ scope: "user", input: updateMeInput, handle: ({ ctx, input }) => updateMe({ ctx, input }) });
