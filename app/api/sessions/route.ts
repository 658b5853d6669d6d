import { defineRoute } from "#app/_server/define-route.ts";
import { listSessions } from "#lib/services/account/list-sessions.ts";
import { revokeAllSessions } from "#lib/services/account/revoke-all-sessions.ts";

export const GET = defineRoute({
  scope: "user",
  handle: ({ ctx, session }) => listSessions({ ctx, input: { currentSessionId: session.sessionId } }),
});

/** Ends all sessions but the one that asks. */
export const DELETE = defineRoute({
  scope: "user",
  handle: async ({ ctx, session }) => {
    await revokeAllSessions({ ctx, input: { exceptSessionId: session.sessionId } });
  },
});
