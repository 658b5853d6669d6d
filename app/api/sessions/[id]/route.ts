import { defineRoute } from "#app/_server/define-route.ts";
import { idParams } from "#lib/contracts/common.ts";
import { revokeSession } from "#lib/services/account/revoke-session.ts";

export const DELETE = defineRoute({
  scope: "user",
  params: idParams,
  handle: async ({ ctx, params }) => {
    await revokeSession({ ctx, input: { sessionId: params.id } });
  },
});
